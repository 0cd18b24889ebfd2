"""A JavaScript engine (Node.js with moment) for expressions that `js_evaluate` does not cover."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess

from js_values import JsFault

NAME = re.compile(r"(?<![\w.$])[A-Za-z_$][\w$]*")
PROGRAM = """
const input = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const moment = require('moment');
const names = Object.keys(input.names).filter(n => /^[A-Za-z_$][\\w$]*$/.test(n));
let result;
try {
  result = { value: new Function('moment', ...names, 'return (' + input.code + '\\n);')(
    moment, ...names.map(n => input.names[n])) };
} catch (error) {
  console.log(JSON.stringify({ error: String(error) }));
  process.exit(0);
}
const v = result.value;
const text = v === null || v === undefined ? '' : typeof v === 'string' ? v
  : (typeof v === 'number' && !isFinite(v)) ? 'null' : typeof v === 'object' ? JSON.stringify(v) : String(v);
console.log(JSON.stringify({ text }));
"""


def evaluate(code, names, zone):
    """The text of an expression's value. Raises JsFault for what the engine refuses."""
    node = shutil.which("node")
    if node is None:
        raise JsFault(f"`${{{code}}}` needs a JavaScript engine: the image must have Node.js and moment")
    used = {name: names[name] for name in sorted(set(NAME.findall(code))) if name in names}
    done = subprocess.run(
        [node, "-e", PROGRAM],
        input=json.dumps({"code": code, "names": used}),
        capture_output=True, text=True, check=False, timeout=60, env={**os.environ, "TZ": zone},
    )  # fmt: skip
    if done.returncode:
        raise JsFault(f"the JavaScript engine failed: {done.stderr[-500:]}")
    answer = json.loads(done.stdout.splitlines()[-1])
    if "error" in answer:
        raise JsFault(answer["error"])
    return answer["text"]
