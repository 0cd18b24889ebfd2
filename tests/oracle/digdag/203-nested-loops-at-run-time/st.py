import digdag


def lists():
    names = ["a b", "ü", "c"]
    odd = ["{{workflow.name}}", "{{=1+1}}", "$(HOSTNAME)", '"q" \\ <&>', "a}}b{{", "x\ny"]
    digdag.env.store({"names": names, "rounds": 5, "empty": [], "odd": odd})
