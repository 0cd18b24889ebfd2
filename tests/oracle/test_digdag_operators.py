"""Digdag's operators that speak to services, and those that run code: the emitted pods, against stand-ins."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import set_up

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "equivalence"))

import standins  # noqa: E402
import tools  # noqa: E402
from converted import Converted, convert  # noqa: E402

PROJECT = HERE / "operators"
SESSION = "2026-03-02T00:00:00+00:00"
SELECT = "SELECT name, n FROM events WHERE day = '2026-03-02'"
pytestmark = [pytest.mark.oracle, pytest.mark.xdist_group("operators")]


@dataclass
class Step:
    """What a task of a finished run did: state, lines that begin with `@@`, whole log, stored parameters."""

    state: str
    prints: list[str]
    log: str
    stored: dict[str, Any]


@dataclass
class Site:
    """Stand-ins, what the converted workflows did with them, and why one is not there."""

    steps: dict[str, dict[str, Step]] = field(default_factory=dict)
    phases: dict[str, str] = field(default_factory=dict)
    services: dict[str, Any] = field(default_factory=dict)
    missing: dict[str, tools.Unavailable] = field(default_factory=dict)
    converted: Converted | None = None

    def service(self, name: str) -> Any:
        """A stand-in. The test is skipped where it cannot be had; where oracles are required, it fails."""

        def found() -> Any:
            if name in self.missing:
                raise self.missing[name]
            return self.services[name]

        return set_up(found)


def http_answer(counts: dict[str, int], request: standins.Request) -> standins.Reply:
    """The HTTP stand-in: `/flaky...` answers at the third try."""
    seen = counts[request.path] = counts.get(request.path, 0) + 1
    if request.path.startswith("/flaky") and seen < 3:
        return standins.Reply(503 if seen == 1 else 429, {"n": 0})
    fixed = {
        "/moved": standins.Reply(302, {}, headers={"Location": "/items"}), "/missing": standins.Reply(404, text="not here"),
        "/broken": standins.Reply(500, text="broken"), "/large": standins.Reply(text="x" * 70_000),
    }  # fmt: skip
    return fixed.get(request.path, standins.Reply(data={"n": 41}))


def opened(stack: contextlib.ExitStack, site: Site, name: str, make: Any) -> Any:
    """Starts a stand-in, or notes why not."""
    try:
        site.services[name] = stack.enter_context(make())
    except tools.Unavailable as reason:
        site.missing[name] = reason
    return site.services.get(name)


def start(stack: contextlib.ExitStack, site: Site) -> dict[str, Any]:
    """Starts all stand-ins; the site's secrets, images, environment, parameters and the workflows that can run."""
    secrets, images, env = {"api.token": "t0p", "out.password": "p4ss"}, [], {}
    counts: dict[str, int] = {}
    web = opened(stack, site, "http", lambda: standins.web(lambda request: http_answer(counts, request)))
    box = opened(stack, site, "mail", lambda: standins.smtp("robot", "s3cret"))
    mail = {"host": standins.HOST, "port": str(box.port), "username": "robot", "password": "s3cret"}
    secrets |= {f"mail.{name}": value for name, value in mail.items()}
    workflows = ["http", "http_errors", "mail", "mail_errors", "td", "td_errors", "sla_late", "sla_in_time", "params"]
    if (server := opened(stack, site, "pg", standins.postgres)) is not None:
        images.append(("postgres*", str(server.programs)))
        facts = {"host": standins.HOST, "port": str(server.port), "user": server.user, "database": server.database}
        facts |= {"password": server.password, "second_password": server.password}
        secrets |= {f"pg.{name}": value for name, value in facts.items()}
        workflows += ["pg", "pg_errors", "redshift", "redshift_errors"]
        house = opened(stack, site, "redshift", lambda: standins.redshift(server))
        server.ask("create database house")
        own = {name: facts[name] for name in ("host", "user", "password")} | {"port": str(house.port)}
        secrets |= {f"aws.redshift.{name}": value for name, value in own.items()}
    api, account = opened(stack, site, "td", standins.treasure_data)
    fill_account(account)
    secrets |= {
        "td.apikey": account.key,
        "td.endpoint": api.url,
        "aws.access_key_id": "AK",
        "aws.secret_access_key": "SK",
    }
    if (google := opened(stack, site, "google", standins.google)) is not None:
        env = {"BIGQUERY_EMULATOR_HOST": google[0].url, "STORAGE_EMULATOR_HOST": google[0].url}
        fill_google(google[1])
        secrets["gcp.credential"] = google[2]
        workflows += ["bq", "bq_errors"]
    if (storage := opened(stack, site, "s3", standins.s3)) is not None:
        storage.put("bucket/daily/2026-03-02.csv", b"1,2\n", kind="figures")
        secrets["aws.s3.endpoint"] = storage.url
        workflows.append("s3")
    if (ruby := opened(stack, site, "code", lambda: contextlib.nullcontext(tools.ruby()))) is not None:
        images.append(("ruby*", str(ruby)))
        workflows.append("code")
    images.append(("embulk/embulk*", str(embulk(tools.cache() / "embulk"))))
    workflows.append("embulk")
    params = {"base": web.url, "who": "all"}
    return {"secrets": secrets, "images": images, "env": env, "params": params, "workflows": workflows}


def embulk(folder: Path) -> Path:
    """The folder of a program `embulk` that prints its configuration and the files that it finds, and refuses some.
    Pods have a /tmp of their own, so it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "embulk"
    show = 'echo "@@ $(ls mails | tr "\\n" " ")"\necho "@@ $(tr "\\n" "|" < "$2")"\n'
    program.write_text('#!/bin/sh\nset -e\n[ "$1" = run ]\n' + show + '! grep -q broken "$2"\n')
    program.chmod(0o755)
    return folder


def fill_account(account: standins.TreasureData) -> None:
    """What the queries of the project give."""
    account.results = {
        SELECT: (["name", "n"], [["a", 1], ["b", None]]), "SELECT count(*) > 0 FROM users": (["_col0"], [[True]]),
        'select count(*) from "events"': (["_col0"], [[12]]),
    }  # fmt: skip
    account.errors = {"SELECT broken": "no such thing"}
    account.failures = [503]


def fill_google(service: standins.Google) -> None:
    """What there is before the run."""
    service.tables = {"shop", "shop.daily"}
    service.objects = {"bucket/done/2026-03-02": {"kind": "storage#object", "size": "17"}}
    service.late = {"bucket/done/2026-03-02": 1}
    service.errors = {"SELECT broken": [{"reason": "invalidQuery", "message": "no such thing"}]}
    service.failures = [503]


def run_all(site: Site, folder: Path, facts: dict[str, Any], argorun: Path) -> None:
    """Runs the workflows in one controller."""
    converted = site.converted
    assert converted is not None
    overrides = folder / "values.yaml"
    named = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "digdag-secrets"}}
    overrides.write_text(yaml.safe_dump({**named, "stringData": facts["secrets"]}))
    apart = {"kustomization.yaml", "workflow-defaults.yaml"}
    found = sorted(converted.out.rglob("*.yaml"))
    submit = []
    for workflow in facts["workflows"]:
        slug = converted.slugs[workflow]
        given = {"logical-date": SESSION, "conf": json.dumps(facts["params"]), **facts["params"]}
        known = {name: text for name, text in given.items() if name in converted.parameters(slug)}
        submit.append({"from": f"workflowtemplate/{slug}", "parameters": known})
    case = {
        "namespace": "operators", "files": [str(p) for p in found if ".migrate" not in p.parts and p.name not in apart],
        "overrides": [str(overrides)], "env": facts["env"], "submit": submit,
        "images": [*facts["images"], ["*", str(tools.pod_python())]],
    }  # fmt: skip
    spec = folder / "batch.json"
    spec.write_text(json.dumps({"cases": [case]}))
    command = [str(argorun), "-timeout", "300s", "-parallel", "8", "-batch", str(spec)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400)
    assert done.returncode in (0, 3), done.stderr[-2000:]
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert not [r for r in results if "error" in r or r.get("timedOut")], done.stdout[-3000:]
    names = {slug: w for w, slug in converted.slugs.items()}
    site.phases = {names[r["workflowTemplate"]]: r["phase"] for r in results}
    site.steps = {names[r["workflowTemplate"]]: steps_of(r, converted) for r in results}


def steps_of(result: dict[str, Any], converted: Converted) -> dict[str, Step]:
    """Tasks of a finished run by full name (`~run` and the like cut off)."""
    slug = result["workflowTemplate"]
    out: dict[str, Step] = {}
    for node in sorted(result["nodes"], key=lambda n: n.get("execSeq") or 0):
        source = converted.templates.get((slug, node.get("templateName", "")))
        if source is None or node["type"] != "Pod":
            continue
        name = re.sub(r"~\w+", "", source)
        log = f"{node.get('log') or ''}{node.get('message') or ''}"
        lines = [line[3:] for line in log.splitlines() if line.startswith("@@ ")]
        stored = json.loads((node.get("outputs") or {}).get("xcom-store") or "null") or {}
        known = out.get(name)
        if known is None:
            out[name] = Step(node["phase"], lines, log, stored)
        else:
            known.prints += lines
            known.log += log
            known.state = node["phase"] if known.state == "Succeeded" else known.state
    return out


@pytest.fixture(scope="module")
def site(argorun: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The project, converted and run once, with its stand-ins still there."""
    set_up(tools.pod_python)
    folder, made = tmp_path_factory.mktemp("operators"), Site()
    made.converted = convert(["digdag", str(PROJECT), "--fail-on", "never"], folder / "argo")
    with contextlib.ExitStack() as stack:
        run_all(made, folder, start(stack, made), argorun)
        yield made


def all_succeeded(steps: dict[str, Step]) -> None:
    """Every task of a run succeeded."""
    assert {name: s.state for name, s in steps.items()} == dict.fromkeys(steps, "Succeeded"), steps


def test_findings(site: Site) -> None:
    assert site.converted is not None
    assert [f for f in site.converted.findings if f["severity"] not in ("info", "warning")] == []


def test_http(site: Site) -> None:
    web = site.service("http")
    http, errors = site.steps["http"], site.steps["http_errors"]
    all_succeeded(http)
    assert http["+http+use"].prints == ["200 41"]
    assert http["+http+moved_status"].prints == ["moved 302"]
    (get,) = web.of("GET", "/items")
    assert get.query == {"day": "2026-03-02", "mark": "a b"}
    assert (get.headers["x-token"], get.headers["x-day"]) == ("t0p", "20260302")
    (made,) = web.of("PUT", "/made")
    assert made.json() == {"day": "2026-03-02", "list": [1, 2]}
    assert made.headers["content-type"].startswith("application/json")
    (form,) = web.of("POST", "/form")
    assert form.form == {"a": "1 2", "b": "2026-03-02"}
    (text,) = web.of("POST", "/text")
    assert (text.text, text.headers["content-type"]) == ("plain 2026-03-02", "text/markdown")
    paths = [r.path for r in web.requests]
    assert [paths.count(p) for p in ("/flaky", "/flaky-post", "/broken", "/missing")] == [3, 3, 1, 1]
    assert errors["+http_errors+missing"].state == "Failed"
    message = f"HTTP 4XX Client Error: GET {web.url}/missing - 404 Not Found: not here"
    assert errors["+http_errors+missing^error"].prints == [message]
    assert errors["+http_errors+post_once^error"].prints[0].startswith("HTTP 5XX Server Error: POST ")
    assert (errors["+http_errors+nobody"].state, errors["+http_errors+large"].state) == ("Failed", "Failed")


def test_mail(site: Site) -> None:
    box = site.service("mail")
    all_succeeded(site.steps["mail"])
    assert site.steps["mail_errors"]["+mail_errors+refused"].state == "Failed"
    assert site.steps["mail_errors"]["+mail_errors+refused^error"].prints == ["refused"]
    file, data, body = box.mails
    assert file[:2] == ("digdag@example.org", [f"{c}@example.org" for c in "abcd"])
    assert file[2]["Subject"] == "Report of 2026-03-02"
    assert file[2]["Cc"] == "c@example.org"
    assert "d@example.org" not in str(file[2])
    text, attached = file[2].iter_parts()
    assert text.get_content().splitlines() == ["Figures of 2026-03-02", "for all."]
    assert (attached.get_filename(), attached.get_content().split()) == ("2026-03-02.csv", ["day,n", "1,2"])
    assert (data[2]["Subject"], data[2].get_content_type()) == ("Größe", "text/html")
    assert data[2].get_content().strip() == "<b>2026-03-02</b> äöü"
    assert (body[1], body[2].get_content().strip()) == (["f@example.org"], "2026-03-02 done")
    assert box.logins[0] == ("robot", "s3cret")


def test_postgres(site: Site) -> None:
    server = site.service("pg")
    pg, errors = site.steps["pg"], site.steps["pg_errors"]
    all_succeeded(pg)
    assert pg["+pg+first"].stored == {"pg": {"last_results": {"name": "x", "n": 7, "nothing": None, "big": True}}}
    assert pg["+pg+print"].prints == ["x 8 true"]
    rows = [{"name": "it's", "n": 3}, {"name": "other", "n": 4}, {"name": "x", "n": 7}]
    assert pg["+pg+all"].stored == {"pg": {"last_results": rows}}
    printed = [line for name, s in pg.items() if name.startswith("+pg+print_all") for line in s.prints]
    assert printed == ["row it's 3", "row other 4", "row x 7"]
    assert pg["+pg+none"].stored == {"pg": {"last_results": {}}}
    kept = server.ask("SELECT name || n FROM daily ORDER BY n").split()
    assert kept == ["it's3", "other4", "x7", "late9", "s120", "s221"]
    assert (errors["+pg_errors+rolled_back"].state, errors["+pg_errors+results"].state) == ("Failed", "Failed")
    assert errors["+pg_errors+rolled_back^error"].prints == ["failed"]
    assert server.ask("SELECT count(*) FROM pg_tables WHERE tablename = 'half'") == "0"
    assert all(server.password not in s.log for s in pg.values())


def test_redshift(site: Site) -> None:
    house = site.service("redshift")
    steps, errors = site.steps["redshift"], site.steps["redshift_errors"]
    all_succeeded(steps)
    stored = {"name": "it's", "n": 3, "at": 1772413323500}
    assert steps["+redshift+first"].stored == {"redshift": {"last_results": stored}}
    assert steps["+redshift+print"].prints == ["it's 4 2026-03-02T01:02:03Z"]
    keys = "CREDENTIALS 'aws_access_key_id=AK;aws_secret_access_key=SK'"
    load, load_json, unload, plain = [s for s in house.statements if "no_such_table" not in s]
    assert load.splitlines() == [
        "COPY \"rs_daily\" FROM 's3://bucket/daily/2026-03-02/'", keys, "CSV QUOTE ''''", "DELIMITER '\t'", "GZIP",
        "DATEFORMAT 'auto'", "ENCODING UTF8", "IGNOREHEADER 1", "COMPUPDATE off", "MAXERROR 3",
    ]  # fmt: skip
    assert load_json.splitlines() == [
        "COPY \"rs_daily\" FROM 's3://bucket/daily.json'", keys, "REGION 'eu-west-1'", "FORMAT AS JSON 'auto'",
        "STATUPDATE true",
    ]  # fmt: skip
    head, *rest = unload.splitlines()
    name = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}_"
    assert re.fullmatch(
        rf"UNLOAD \('SELECT name FROM rs_daily WHERE name <> ''x'''\) TO 's3://bucket/out/{name}'", head
    )
    assert rest == [keys, "MANIFEST", "DELIMITER ','", "ADDQUOTES", "ALLOWOVERWRITE", "PARALLEL false"]
    assert re.match(rf"UNLOAD \('SELECT 1'\) TO 's3://bucket/plain/{name}'", plain)
    printed = {name.split("+")[2].split("^")[0]: s.prints for name, s in errors.items() if name.endswith("^error")}
    apart = "CSV, DELIMITER, AVRO, ESCAPE, FILLRECORD, FIXEDWIDTH, IGNOREBLANKLINES, NULL AS, READRATIO or REMOVEQUOTES"
    assert printed == {
        "both": ["CSV cannot be used with FIXEDWIDTH, REMOVEQUOTES, or ESCAPE (config)"],
        "switch": ["COMPUPDATE should be in ON/OFF/TRUE/FALSE: sometimes (config)"],
        "no_table": ["failed"],
        "no_query": ["Parameter 'query' is required but not set (config)"],
        "json_and_csv": [f"JSON cannot be used with {apart} (config)"],
    }
    assert not any("SK'" in s.log or "SK;" in s.log for s in [*steps.values(), *errors.values()])


def test_embulk(site: Site) -> None:
    steps = site.steps["embulk"]
    assert {n for n, s in steps.items() if s.state != "Succeeded"} == {"+embulk+fails"}, steps
    files, config = steps["+embulk+file"].prints
    assert "numbers.csv" in files
    out = {"type": "postgresql", "password": "p4ss", "table": "daily_20260302", "count": 2, "mode": "all"}
    assert json.loads(config.strip("|"))["out"] == out
    assert "password: p4ss|" in steps["+embulk+named"].prints[1]
    assert json.loads(steps["+embulk+own"].prints[1].strip("|"))["in"] == {"type": "stdin", "day": "2026-03-02"}
    assert steps["+embulk+fails^error"].prints == ["Command failed with code 1 (runtime)"]


def test_treasure_data(site: Site) -> None:
    _, account = site.service("td")
    found, failed = site.steps["td"], site.steps["td_errors"]
    all_succeeded(found)
    assert account.databases == {"shop": {"events", "daily_old"}, "extra": {"copy", "made"}}
    jobs = [(n, job) for n, job in account.jobs.items() if "broken" not in str(job["fields"])]
    number, first = jobs[0]
    assert found["+td+print"].prints == [f"a 1 2 {number}"]
    stored = {
        "last_job_id": number,
        "last_job": {"id": number, "num_records": 2},
        "last_results": {"name": "a", "n": 1},
    }
    assert found["+td+select"].stored == {"td": stored}
    fields = first["fields"]
    assert (fields["priority"], fields["retry_limit"], fields["scheduled_time"]) == ("1", "2", "1772409600")
    assert fields["query"].startswith("-- project_id: ") and "-- workflow_name: td\n" in fields["query"]
    by_type = [job["type"] for _, job in jobs]
    kinds = ["presto", "presto", "hive", *["presto"] * 4, "bulkload", "bulkload", "presto", "presto"]
    assert by_type[:13] == [*kinds, "export", "result_export"]
    create = jobs[1][1]["fields"]["query"]
    assert 'DROP TABLE IF EXISTS "made";\nCREATE TABLE "made" AS\nSELECT' in create
    insert = jobs[2][1]["fields"]
    assert insert["query"].endswith("INSERT INTO TABLE `extra`.`made`\nSELECT 1")
    assert insert["engine_version"] == "stable"
    result = jobs[3][1]["fields"]
    assert result["result_connection_id"] == "42"
    assert json.loads(result["result_connection_settings"]) == {"table": "out", "password": "p4ss"}
    each = [line for name, s in found.items() if name.startswith("+td+each^sub") for line in s.prints]
    assert each == ["each a 1", "each b "]
    assert [jobs[5][1]["fields"]["scheduled_time"], jobs[6][1]["fields"]["scheduled_time"]] == [
        "1772409600", "2026-03-02T00:00:00Z",
    ]  # fmt: skip
    load = jobs[7][1]["fields"]
    options = {"useSSL": True, "day": "2026-03-02", "last": 1772409600}
    source = {"type": "mysql", "host": "db.20260302.example.org", "port": 5432, "password": "p4ss", "options": options}
    assert load["config"] == {"in": {**source, "columns": [{"name": "id", "type": "long"}]}}
    assert (load["table"], load["database"]) == ("events", "shop")
    export = jobs[11][1]["fields"]
    assert (export["from"], export["to"]) == ("1767225600", "1767279600")
    assert (export["access_key_id"], export["secret_access_key"], export["bucket"]) == ("AK", "SK", "backups")
    clean = jobs[13][1]
    assert (clean["type"], clean["fields"]["from"], clean["fields"]["to"]) == (
        "partialdelete", "1767225600", "1767312000",
    )  # fmt: skip
    assert {s.state for n, s in failed.items() if "^" not in n} == {"Failed"}
    assert failed["+td_errors+query^error"].prints == ["no such thing"]
    assert all(account.key not in s.log for s in [*found.values(), *failed.values()])


def test_google(site: Site) -> None:
    web, service, _ = site.service("google")
    bq, failed = site.steps["bq"], site.steps["bq_errors"]
    all_succeeded(bq)
    assert service.tables == {"shop", "shop.daily", "eu"}
    base = f"/bigquery/v2/projects/{service.project}"
    europe = [r.json() for r in web.of("POST", f"{base}/datasets") if r.json().get("location")]
    assert europe[0] | {"datasetReference": 0} == {
        "datasetReference": 0, "location": "EU", "friendlyName": "Europe", "defaultTableExpirationMs": "172800000",
    }  # fmt: skip
    typed = [r.json() for r in web.of("POST", f"{base}/datasets/shop/tables") if r.json().get("schema")]
    assert typed[0]["schema"] == {"fields": [{"name": "n", "type": "INTEGER"}]}
    jobs = {
        next(iter(job["configuration"])): (name, job) for name, job in service.jobs.items() if "broken" not in str(job)
    }
    query = jobs["query"][1]["configuration"]["query"]
    assert query == {
        "query": "SELECT '2026-03-02' AS day\n", "useLegacySql": False, "useQueryCache": False,
        "writeDisposition": "WRITE_TRUNCATE", "priority": "INTERACTIVE",
        "defaultDataset": {"projectId": "acme", "datasetId": "shop"},
        "destinationTable": {"projectId": "acme", "datasetId": "shop", "tableId": "daily"},
    }  # fmt: skip
    assert bq["+bq+print"].prints == [f"acme:US.{jobs['query'][0]}"]
    load = jobs["load"][1]
    assert load["jobReference"]["location"] == "EU"
    assert load["configuration"]["load"] == {
        "sourceUris": ["gs://bucket/daily-2026-03-02.csv"], "sourceFormat": "CSV", "skipLeadingRows": 1,
        "destinationTable": {"projectId": "other", "datasetId": "extra", "tableId": "daily"},
        "schema": {"fields": [{"name": "day", "type": "DATE"}, {"name": "n", "type": "INTEGER"}]},
    }  # fmt: skip
    assert jobs["extract"][1]["configuration"]["extract"] == {
        "sourceTable": {"projectId": "acme", "datasetId": "shop", "tableId": "daily"}, "printHeader": False,
        "destinationUris": ["gs://bucket/out/daily-*.csv"], "compression": "GZIP",
    }  # fmt: skip
    assert bq["+bq+print_wait"].prints == ["17"]
    assert failed["+bq_errors+query"].state == "Failed"
    assert failed["+bq_errors+query^error"].prints == ["BigQuery job failed:"]
    assert "no such thing" in failed["+bq_errors+query"].log


def test_s3(site: Site) -> None:
    site.service("s3")
    found = site.steps["s3"]
    states = {name: s.state for name, s in found.items()}
    assert states.pop("+s3+fail") == "Failed"
    assert set(states.values()) == {"Succeeded"}
    assert found["+s3+print"].prints == ["4 figures"]
    metadata = found["+s3+command"].stored["s3"]["last_object"]["metadata"]
    assert metadata["Content-Type"] == "text/csv"
    assert metadata["ETag"] == hashlib.md5(b"1,2\n").hexdigest()
    assert found["+s3+keys"].stored["s3"]["last_object"]["metadata"]["Content-Length"] == 4
    assert found["+s3+skip"].stored == {"s3": {}}


def test_code(site: Site) -> None:
    site.service("code")
    steps = site.steps["code"]
    assert {n for n, s in steps.items() if s.state != "Succeeded"} == {"+code+fails"}, steps
    assert steps["+code+method"].prints == ["hello you"]
    assert (steps["+code+class_method"].stored, steps["+code+class_method"].prints) == ({"total": 12}, ["later"])
    assert steps["+code+instance"].prints == ["flowers daily 12 t0p"]
    assert steps["+code+stored"].prints == ["12 daily 2026-03-02"]
    assert steps["+code+image"].prints == ["flowers 12", "t0p 2026-03-02"]
    assert steps["+code+fails^error"].prints == ["Ruby command failed with code 1: no figures (ArgumentError)"]


def test_images_have_what_their_pods_call(site: Site) -> None:
    """A pod of the runner has a Python image; clients have their own."""
    assert site.converted is not None
    for _, document in site.converted.documents:
        if document["kind"] != "WorkflowTemplate":
            continue
        for template in document["spec"]["templates"]:
            main = template.get("script") or template.get("container")
            first = (template.get("initContainers") or [main])[0]
            if main is not None and "python" in first.get("command", []):
                assert "python" in first["image"] or first["image"] == "migrate-script:1", template["name"]
            if template.get("initContainers"):
                assert main["command"][0] == "sh", template["name"]


def test_sla(site: Site) -> None:
    late, in_time = site.steps["sla_late"], site.steps["sla_in_time"]
    assert (site.phases["sla_late"], site.phases["sla_in_time"]) == ("Failed", "Succeeded"), (late, in_time)
    assert late["+sla_late^sla+tell"].prints == ["late 2026-03-02 all"]
    assert (late["+sla_late+then"].prints, late["+sla_late^error"].prints) == (["then"], ["error"])
    states = {name: s.state for name, s in late.items()}
    assert (states["+sla_late^sla^alert"], states["+sla_late^sla^fail"]) == ("Succeeded", "Failed")
    assert in_time["+sla_in_time+group+work"].prints == ["done"]
    assert not any("^sla+" in name or "^fail" in name for name in in_time)


def test_kept_parameters(site: Site) -> None:
    steps = site.steps["params"]
    assert steps["+params+show"].prints == ["12|1.5|1000.0|true|||12|3|1.0E20|1.0E-7|"]
    assert steps["+params+end"].prints == ["|2|2|x"]
    assert steps["+params+refused"].state == "Failed"
    (shown,) = steps["+params+refused^error+shown"].prints
    assert shown.endswith("for key 'later' but got [1] (array) (config)")
    assert site.phases["params"] == "Failed"
