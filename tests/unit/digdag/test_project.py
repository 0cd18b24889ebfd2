"""Digdag projects: dialect, refusals, constants, IR."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.diagnostics.base import Diagnostic, Sink
from migrate.ir import actions as a
from migrate.ir import workflow as w
from migrate.portable.digdag_items import round_names
from parsers.digdag.dig_yaml import Reader
from parsers.digdag.errors import DigError
from parsers.digdag.frontend import DigdagFrontEnd, DigdagInputs, discover_projects
from parsers.digdag.scope import Scope


def read(folder: Path, **files: str) -> tuple[list[w.Workflow], list[Diagnostic]]:
    """Workflows and findings of a project with these files (`main` is main.dig)."""
    for name, text in files.items():
        path = folder / (name if "." in name else f"{name}.dig")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    inputs, sink = DigdagInputs((folder,)), Sink()
    front = DigdagFrontEnd(inputs)
    return [flow for file in discover_projects(inputs, sink) for flow in front.read(file, sink)], sink.all()


def test_scalars(tmp_path: Path) -> None:
    text = "a: yes\nb: True\nc: 010\nd: 0x1F\ne: 1_000\nf: 1.50\ng: 0.10\nh: 07:00:00\ni: 2026-01-02\nj: ~\nk: 1e3\n"
    (tmp_path / "x.dig").write_text(text)
    assert dict(Reader(tmp_path).load("x.dig")) == {
        "a": "yes", "b": True, "c": 8, "d": 31, "e": 1000, "f": 1.5, "g": "0.10", "h": "07:00:00", "i": "2026-01-02",
        "j": None, "k": 1000.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("+a:\n  echo>: 1\n+a:\n  echo>: 2\n", "Duplicated keys: [+a]"),
        ("+a: &x\n  +b: *x\n", "contains itself"),
        ("- a\n", "Expected object"),
        ("!include : ../out.dig\n", "must not include .."),
        ("k: !foo x\n", "constructor for the tag"),
        ('k: 1\nc: "\x07"\n', "(line 2)"),
        ("!include : x.dig\n", "includes itself"),
        ("a: &a\n  <<: *a\n", "too large"),
        ("", "Expected object"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "x.dig").write_text(text)
    with pytest.raises(DigError, match=r".*") as caught:
        Reader(tmp_path).load("x.dig")
    assert message in caught.value.message


def test_aliases_cannot_blow_up(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    (tmp_path / "x.dig").write_text("\n".join(lines))
    with pytest.raises(DigError, match="too large"):
        Reader(tmp_path).load("x.dig")


def test_a_link_out_of_the_project_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("hidden")
    project = tmp_path / "p"
    project.mkdir()
    (project / "link.sh").symlink_to(secret)
    flows, _ = read(project, main="+a:\n  sh>: sh link.sh\n")
    action = next(flows[0].tasks()).action
    assert isinstance(action, a.Scoped)
    assert action.files == ()


def test_a_refused_file_costs_only_itself(tmp_path: Path) -> None:
    flows, findings = read(tmp_path, main="+a:\n  echo>: x\n", bad="+a:\n  sh>: x\n  py>: y\n")
    assert [f.id for f in flows] == ["main"]
    assert {(d.code, d.span.file, d.span.line) for d in findings} == {
        ("DIG001", "bad.dig", 3),
        ("DIG008", "main.dig", 1),
    }


def test_constant_conditions_and_loops_need_no_pod(tmp_path: Path) -> None:
    text = """
_export:
  mode: full
  names: [x, y]
+c:
  if>: ${mode == 'full'}
  _do:
    echo>: yes
  _else_do:
    echo>: no
+l:
  for_each>: {n: "${names}", k: [1, 2]}
  _parallel: true
  _do:
    echo>: ${n}${k}
"""
    flows, findings = read(tmp_path, main=text)
    ids = [n.id for n in w.walk_nodes(flows[0].nodes)]
    assert ids == ["+main+c", "+main+c^sub", "+main+l", "+main+l^sub+ITER", "+main+l^sub+ITER~run"]
    loop = next(n for n in w.walk_nodes(flows[0].nodes) if n.fan_out is not None)
    assert loop.fan_out is not None
    assert loop.fan_out.order == "parallel"
    items = [{"n": n, "k": k} for n in ("x", "y") for k in (1, 2)]
    assert loop.fan_out.items == w.LiteralItems(items=tuple(items))
    assert findings == []


def test_error_handlers_leave_the_task_failed(tmp_path: Path) -> None:
    flows, _ = read(tmp_path, main="+a:\n  sh>: exit 1\n  _error:\n    echo>: oops\n+b:\n  echo>: never\n")
    group = flows[0].nodes[0]
    assert isinstance(group, w.Group)
    assert [(n.id, n.rule.value) for n in group.nodes] == [
        ("+main+a~core", "all_success"),
        ("+main+a^error", "all_failed"),
        ("+main+a~end", "none_failed"),
    ]


def test_unknown_operators_fail_loudly(tmp_path: Path) -> None:
    flows, findings = read(tmp_path, main="+a:\n  teleport>: mars\n")
    assert isinstance(next(flows[0].tasks()).action, a.Unconverted)
    assert [d.code for d in findings] == ["DIG005"]


def test_many_projects_in_one_batch(tmp_path: Path) -> None:
    files = {"one/main.dig": "+a:\n  echo>: 1\n", "deep/two/main.dig": "+a:\n  call>: sub/c\n"}
    flows, _ = read(tmp_path, **files, **{"deep/two/sub/c.dig": "+x:\n  echo>: 1\n"})
    assert sorted(f.id for f in flows) == ["deep/two/main", "one/main"]
    assert all(t.span.file.startswith(f.id.rsplit("/", 1)[0]) for f in flows for t in f.tasks())


def test_every_operator_of_digdag_is_mapped() -> None:
    from parsers.digdag.catalog import load

    wanted = (
        "sh py rb echo fail if for_each for_range loop call require wait "
        "http http_call mail param_get param_set td td_ddl td_load td_run td_for_each td_wait td_wait_table "
        "td_table_export td_result_export td_partial_delete pg redshift redshift_load redshift_unload bq bq_ddl bq_load bq_extract gcs_wait "
        "s3_wait emr embulk "
    )
    assert set(wanted.split()) == set(load())


def test_files_that_fit_in_no_config_map_are_reported(tmp_path: Path) -> None:
    (tmp_path / "large.sh").write_text("#" * 1_000_000)
    _, findings = read(tmp_path, main="+a:\n  sh>: sh large.sh\n+b:\n  sh>: echo small\n")
    assert [(d.code, d.task) for d in findings] == [("DIG040", "+main+a")]


def test_parameters_are_evaluated_in_the_order_in_which_they_are_set() -> None:
    layers = (
        a.Layer(exports={"first": "${second}", "second": "${third}", "third": "${1 + 1}", "map": {"in": "${third}"}}),
    )
    scope = Scope(layers=layers)
    assert scope.static("${first}|${second}|${third}|${map.in}") == "${third}|${1 + 1}|2|${1 + 1}"


def test_a_call_passes_no_keys_on(tmp_path: Path) -> None:
    (tmp_path / "other.dig").write_text("+x:\n  echo>: ${who}\n")
    flows, _ = read(tmp_path, main="+c:\n  call>: other\n  who: me\n")
    echo = next(t for t in next(f for f in flows if f.id == "main").tasks() if t.operator == "echo>")
    assert isinstance(echo.action, a.Scoped)
    assert all("who" not in layer.exports for layer in echo.action.layers)


def test_handlers_that_are_no_mapping_are_refused(tmp_path: Path) -> None:
    flows, sink = read(tmp_path, main="+a:\n  echo>: x\n  _error: [1]\n")
    assert flows == []
    assert "DIG001" in {d.code for d in sink}


def test_a_fault_in_a_body_is_the_fault_of_its_task(tmp_path: Path) -> None:
    body = "+a:\n  if>: true\n  _do:\n    +x:\n      sh>: one\n      py>: two\n"
    flows, sink = read(tmp_path, main=body)
    (task,) = flows[0].tasks()
    assert isinstance(task.action, a.Scoped)
    assert task.action.operation == "fail"
    assert "DIG006" in {d.code for d in sink}


def test_rounds_that_store_are_written_out_or_reported(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text("import digdag\n\n\ndef f(i):\n    digdag.env.store({'x': i})\n")
    flows, sink = read(tmp_path, main="+a:\n  loop>: 2\n  _do:\n    py>: m.f\n")
    assert sink == []
    assert [t.id for t in flows[0].tasks()] == ["+main+a^sub+loop-0", "+main+a^sub+loop-1"]
    second = list(flows[0].tasks())[1].action
    assert isinstance(second, a.Scoped)
    assert [bool(layer.values) for layer in second.layers] == [True, False]
    _, sink = read(tmp_path, main="+a:\n  loop>: ${n}\n  _do:\n    py>: m.f\n")
    assert {d.code for d in sink} == {"DIG013"}
    _, sink = read(tmp_path, main="+a:\n  loop>: 200\n  _do:\n    py>: m.f\n")
    assert {d.code for d in sink} == {"DIG013"}


def test_names_of_rounds() -> None:
    items = [{"a": x, "b": y} for x in ("sweet orange", {"k": 1}) for y in (1.5, None)]
    names = round_names("for_each", items, {"a": ["sweet orange", {"k": 1}], "b": "[1.5, null]"})
    assert names[0] == "+for-0=a=0=sweet%20or&1=b=0=1.5"
    assert names[3] == "+for-0=a=1=%7B%22k%22%3A1%7D&1=b=1=null"


def test_merged_keys_stand_where_they_came_first(tmp_path: Path) -> None:
    (tmp_path / "x.dig").write_text(
        "base: &b {a: 1, b: 2}\nx: {<<: *b, c: 3, a: 9}\ny: {c: 3, b: 8, <<: [*b, {d: 4}]}\n"
    )
    found = Reader(tmp_path).load("x.dig")
    assert list(found["x"].items()) == [("a", 9), ("b", 2), ("c", 3)]
    assert list(found["y"].items()) == [("c", 3), ("b", 8), ("a", 1), ("d", 4)]


def test_values_of_a_loop_win_over_its_body(tmp_path: Path) -> None:
    flows, _ = read(tmp_path, main="+a:\n  loop>: 2\n  _do:\n    _export: {i: 9}\n    +x:\n      echo>: ${i}\n")
    action = next(t.action for t in flows[0].tasks() if t.id.endswith("+x"))
    assert isinstance(action, a.Scoped)
    assert [(bool(layer.values), dict(layer.exports)) for layer in action.layers] == [(False, {"i": 9}), (True, {})]


def test_a_bad_check_fails_after_its_task(tmp_path: Path) -> None:
    flows, findings = read(tmp_path, main="+a:\n  echo>: x\n  _check: 5\n")
    assert [(t.id, t.action.kind) for t in flows[0].tasks()] == [("+main+a~run", "scoped"), ("+main+a~check", "scoped")]
    assert [d.code for d in findings] == ["DIG006"]


def test_what_digdag_refuses_when_a_run_starts(tmp_path: Path) -> None:
    many = "".join(f"+t{i}:\n  echo>: x\n" for i in range(2001))
    both = "sla: {time: 01:00, duration: 01:00}\n+a:\n  echo>: x\n"
    flows, findings = read(tmp_path, many=many, both=both)
    assert flows == []
    assert {(d.code, d.span.file) for d in findings} == {("DIG001", "many.dig"), ("DIG001", "both.dig")}


def test_a_project_file_that_is_a_link_out_is_told(tmp_path: Path) -> None:
    (tmp_path / "out.dig").write_text("+a:\n  echo>: x\n")
    project = tmp_path / "p"
    project.mkdir()
    (project / "link.dig").symlink_to(tmp_path / "out.dig")
    _, findings = read(project, main="+a:\n  echo>: x\n")
    assert {(d.code, d.span.file) for d in findings} == {("DIG001", "link.dig"), ("DIG008", "main.dig")}


def test_kept_parameters_are_all_keys_that_digdag_sees(tmp_path: Path) -> None:
    body = "+a:\n  param_set>: hello\n  x: 1\n  _retry: 2\n  _check: {+c: {echo>: x}}\n  _export: {e: 1}\n"
    flows, findings = read(tmp_path, main=f"{body}+b:\n  param_set>:\n  x: [1]\n")
    kept, _, refused = (t.action for t in flows[0].tasks())
    assert isinstance(kept, a.Scoped)
    assert isinstance(refused, a.Scoped)
    assert kept.settings == {"param_set>": "hello", "x": 1, "_retry": 2}
    assert (refused.operation, "for key 'x' but got [1] (array) (config)" in str(refused.command)) == ("fail", True)
    assert [(d.code, d.task) for d in findings] == [("DIG050", "+main+a"), ("DIG006", "+main+b")]


def test_names_of_secrets_and_parameters_are_no_secrets(tmp_path: Path) -> None:
    body = "+a:\n  pg>: {data: select 1}\n  password_override: second_password\n"
    _, findings = read(tmp_path, main=f"{body}+b:\n  param_get>:\n  api_token: current_token\n")
    assert [(d.code, d.task) for d in findings] == [("DIG050", "+main+b")]
