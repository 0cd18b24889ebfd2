"""Templates that are rendered when the task starts, with the source system's filters and strictness."""

from __future__ import annotations

import subprocess
import sys

import pod_units
import pod_values

INSTALLED = "/tmp/af/jinja"


def render(code, resolver):
    """The text (or, for native templates, the value) of an encoded template.

    `code`: `$template` text; `names` constants of the text, `functions` and `filters` units by name, `native`.
    """
    names = {name: pod_values.unpack(value) for name, value in (code.get("names") or {}).items()}
    names.update({name: pod_units.load(unit) for name, unit in (code.get("functions") or {}).items()})
    filters = {name: pod_units.load(unit) for name, unit in (code.get("filters") or {}).items()}
    names = {**names, **resolver.context}
    return render_text(
        code["$template"], names, filters, native=bool(code.get("native")), includes=code.get("includes")
    )


def render_text(text, names, filters=None, native=False, includes=None):
    """Renders a text with Jinja. `includes`: texts of other templates that it may name."""
    environment = _environment(native)
    if includes:
        environment.loader = _jinja().DictLoader(includes)
    environment.filters.update(filters or {})
    return environment.from_string(text).render(names)


def render_tree(value, names):
    """Renders every text in a value made of lists, tuples, sets and mappings."""
    if isinstance(value, str):
        return render_text(value, names) if "{{" in value or "{%" in value or "{#" in value else value
    if isinstance(value, (list, tuple, set)):
        return type(value)(render_tree(item, names) for item in value)
    if isinstance(value, dict):
        return {key: render_tree(item, names) for key, item in value.items()}
    return value


def _environment(native):
    jinja2 = _jinja()
    from jinja2 import nativetypes, sandbox

    base = nativetypes.NativeEnvironment if native else sandbox.SandboxedEnvironment

    class Environment(base):
        def is_safe_attribute(self, obj, attr, value):
            return not sandbox.is_internal_attribute(obj, attr)

    environment = Environment(undefined=jinja2.StrictUndefined, extensions=["jinja2.ext.do"], cache_size=0)
    environment.filters.update(FILTERS)
    return environment


def _jinja():
    """The library; where the image lacks it, it is installed for this pod."""
    try:
        import jinja2
    except ImportError:
        sys.path.append(INSTALLED)
        done = subprocess.run(
            [sys.executable, "-m", "pip", "install", "-q", "--no-cache-dir", "--target", INSTALLED, "jinja2"],
            stdout=sys.stderr,
        )
        if done.returncode:
            raise RuntimeError(
                "this task renders a template: use an image that has the Python package jinja2"
            ) from None
        import jinja2
    return jinja2


FILTERS = {
    "ds": lambda value: None if value is None else value.strftime("%Y-%m-%d"),
    "ds_nodash": lambda value: None if value is None else value.strftime("%Y%m%d"),
    "ts": lambda value: None if value is None else value.isoformat(),
    "ts_nodash": lambda value: None if value is None else value.strftime("%Y%m%dT%H%M%S"),
    "ts_nodash_with_tz": lambda value: None if value is None else value.isoformat().replace("-", "").replace(":", ""),
}
