"""Renders the texts of a facts file (see airflow_renders.py) with the runner's own context and Jinja environment."""

import json
import os
import sys
from pathlib import Path

facts = json.loads(Path(sys.argv[1]).read_text())
os.environ["AF_CONTEXT"] = json.dumps(
    {
        "logical_date": facts["logical_date"],
        "data_interval_start": facts["start"],
        "data_interval_end": facts["end"],
        "run_id": facts["run_id"],
        "run_type": facts["run_type"],
        "conf": json.dumps(facts["conf"]),
    }
)
from pod_render import render_text  # noqa: E402
from pod_runner import Runner  # noqa: E402

spec = {"workflow": "golden", "task": "task", "version": facts["version"], "params": facts["params"]}
context = Runner(spec).context
out = []
for text in facts["texts"]:
    try:
        out.append(render_text(text, context))
    except Exception as error:
        out.append({"error": type(error).__name__})
print("RESULT" + json.dumps(out))
