"""python3 smoke.py ARGORUN: runs the test workflows and checks what the controller did."""
import json
import pathlib
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).parent


def run(*args):
    p = subprocess.run([sys.argv[1], "-timeout", "60s", *args], cwd=here, capture_output=True, text=True)
    assert p.returncode == 0, (args, p.returncode, p.stderr[-500:])
    return {w["name"]: w for w in map(json.loads, p.stdout.splitlines())}


def node(w, name):
    return next(n for n in w["nodes"] if n["displayName"] == name)


def check(cond, what):
    print("ok  " if cond else "FAIL", what)
    check.bad += not cond


check.bad = 0
w = run("dag.yaml")["dag-diamond"]
check(w["phase"] == "Succeeded" and node(w, "d")["log"] == "D after B and C\n", "diamond, outputs.result")
check(node(w, "a")["execSeq"] == 1 and node(w, "d")["execSeq"] == 4, "start order")
w = run("steps.yaml")["steps-all"]
check(node(w, "heads")["phase"] == "Skipped" and node(w, "tails")["phase"] == "Succeeded", "when")
check(sorted(n["log"] for n in w["nodes"] if n["displayName"].startswith("seq(")) == ["n03\n", "n04\n", "n05\n"], "withSequence")
check(sorted(n["log"] for n in w["nodes"] if n["displayName"].startswith("items(")) == ["item x\n", "item y z\n"], "withItems")
check(sorted(n["log"] for n in w["nodes"] if n["displayName"].startswith("each(")) == ["got 1\n", "got two\n", 'got {"a":3}\n'], "withParam")
check(node(w, "out")["outputs"] == {"p": "from a file", "dflt": "fallback"}, "output parameters")
check(node(w, "use")["log"] == "from a file/fallback/PROD/two\n", "expression tags")
w = run("fail.yaml")["fail-retry-exit"]
check(w["phase"] == "Succeeded" and node(w, "bad")["exitCode"] == "7", "failed task, handled by depends")
check(node(w, "flaky")["phase"] == "Succeeded" and node(w, "flaky(2)")["log"] == "attempt 2\n", "retryStrategy")
check(node(w, "never")["phase"] == "Omitted" and node(w, "after-bad")["phase"] == "Succeeded", "depends on a failure")
check('"displayName":"bad"' in node(w, "fail-retry-exit.onExit")["log"].replace("\\", ""), "onExit with workflow.failures")
w = run("-auto-resume", "time.yaml")["time"]
check("deadline" in node(w, "slow-tmpl")["message"] and "deadline" in node(w, "slow-pod")["message"], "timeout, activeDeadlineSeconds")
check(node(w, "gate")["phase"] == "Succeeded" and node(w, "after")["phase"] == "Succeeded", "suspend, auto-resume")
ws = run("more.yaml")
phases = {n: w["phase"] for n, w in ws.items()}
check(phases == {"artifacts": "Succeeded", "container-set": "Succeeded", "deadline": "Failed", "outparam-missing": "Error",
                 "dag-conditional-params": "Succeeded", "expr-error": "Error", "no-command": "Succeeded", "mutex-wide": "Succeeded",
                 "hooks-continue": "Succeeded", "recursive": "Succeeded"}, f"phases {phases}")
check(node(ws["artifacts"], "read")["log"].startswith("hello\nraw text"), "artifacts")
check(node(ws["dag-conditional-params"], "dag-conditional-params")["outputs"] == {"r": "it was heads"}, "valueFrom.expression")
check(node(ws["container-set"], "container-set")["log"] == "one\n$(nope) main\n", "container set, $(VAR) and $$")
w = next(iter(run("-from", "cronworkflow/nightly", "-scheduled-time", "2026-01-02T03:00:00+09:00", "ref.yaml").values()))
check(node(w, "extract")["log"] == "extract 2026-01-02T03:00:00+09:00\n", "CronWorkflow, workflowTemplateRef, templateRef, scheduledTime")
check(node(w, "load")["log"].startswith("load 2026-01-02T03:00:00+09:00 secret fast fast"), "secret, configMap, volume")
w = next(iter(run("-from", "workflowtemplate/etl", "-p", "day=Monday", "ref.yaml").values()))
check(node(w, "extract")["log"] == "extract Monday\n", "WorkflowTemplate with -p")
w = run("yes-no.yaml")["yes-no"]
check(node(w, "yes-no")["log"].startswith("false 8 1.1 12345678901234567000 "), "YAML 1.1 scalars")
out = tempfile.mkdtemp()
spec = {"cases": [{"namespace": n, "files": ["resource.yaml"], "env": {"OUT": out}, "binds": [out], "submit": [{"from": "workflowtemplate/parent"}]}
                  for n in ("one", "two")]}
batch = pathlib.Path(out, "batch.json")
batch.write_text(json.dumps(spec))
p = subprocess.run([sys.argv[1], "-timeout", "60s", "-batch", str(batch)], cwd=here, capture_output=True, text=True)
ws = [json.loads(line) for line in p.stdout.splitlines()]
check([len([w for w in ws if w["namespace"] == n]) for n in ("one", "two")] == [3, 3], "batch: children are listed with their namespace")
w = next(w for w in ws if w["namespace"] == "one" and w["source"] != "created")
check([node(w, n)["phase"] for n in ("good", "bad", "absent", "prepared")] == ["Succeeded", "Failed", "Failed", "Succeeded"], "resource create and get, init container")
check(node(w, "names")["log"].startswith("child-") and node(w, "names")["log"].endswith(f"{out}\ntoken\n"), "resource output, case environment, API access")
check(pathlib.Path(out, "seen").read_text() == "x\n", "bound folder")
sys.exit(check.bad > 0)
