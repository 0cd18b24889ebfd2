"""Values from outside: Airflow Variables, environment values, connections, Digdag parameters."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from migrate.dotenv_text import read_dotenv
from migrate.errors import UserError

_CONNECTION_FIELDS = ("conn_type", "host", "schema", "port", "login", "extra", "description")


def values(given: Sequence[str], option: str) -> dict[str, str]:
    """Names and values from `FILE|NAME=VALUE` items; later items win. Values that are not text become JSON text."""
    out: dict[str, str] = {}
    for item in given:
        path = Path(item)
        name, separator, value = item.partition("=")
        if separator and not path.is_file():
            out[name] = value
        else:
            out.update(_texts(_load(path, option)))
    return out


def parameters(given: Sequence[str], files: Sequence[Path]) -> dict[str, Any]:
    """Digdag's session parameters: those of the files, then `KEY=VALUE` items (always text; `-p a.b=1` sets `b` of
    `a`, as Digdag's command line does)."""
    out: dict[str, Any] = {}
    for file in files:
        out.update(_load(file, "--params-file"))
    for item in given:
        name, separator, value = item.partition("=")
        if not separator:
            raise UserError(f"-p {item}: write KEY=VALUE.")
        _set_dotted(out, name.split("."), value)
    return out


def _set_dotted(into: dict[str, Any], path: list[str], value: str) -> None:
    for part in path[:-1]:
        known = into.get(part)
        into[part] = dict(known) if isinstance(known, Mapping) else {}
        into = into[part]
    into[path[-1]] = value


def moment(text: str | None, option: str) -> datetime | None:
    """A day or a time in ISO form; UTC where it names no zone. Raises UserError."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError as problem:
        raise UserError(f"{option} {text}: {problem}") from problem
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


def connections(files: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """Connections by id without their passwords. Both forms of the export are read: objects and URIs."""
    out: dict[str, dict[str, Any]] = {}
    for file in files:
        for name, value in _load(file, "--connections").items():
            out[name] = _connection(value, f"{file}: connection `{name}`")
    return out


def _connection(value: Any, where: str) -> dict[str, Any]:
    if isinstance(value, str):
        return _from_uri(value)
    if not isinstance(value, Mapping):
        raise UserError(f"{where}: is neither an object nor a URI.")
    found = {key: value[key] for key in _CONNECTION_FIELDS if value.get(key) not in (None, "")}
    if isinstance(found.get("extra"), str):
        try:
            found["extra"] = json.loads(found["extra"])
        except ValueError:
            del found["extra"]
    if isinstance(found.get("extra"), dict):
        found["extra"] = without_secrets(found["extra"])
    return found


def _from_uri(uri: str) -> dict[str, Any]:
    from urllib.parse import parse_qsl, unquote, urlsplit

    parts = urlsplit(uri)
    found = {
        "conn_type": parts.scheme,
        "host": unquote(parts.hostname or ""),
        "login": unquote(parts.username or ""),
        "schema": unquote(parts.path.lstrip("/")),
        "port": parts.port,
        "extra": without_secrets(dict(parse_qsl(parts.query))),
    }
    return {key: value for key, value in found.items() if value}


def without_secrets(extra: Mapping[str, Any]) -> dict[str, Any]:
    """The entries whose names and values do not look secret."""
    from migrate.secrets import secret_name, secret_parts

    return {
        key: value
        for key, value in extra.items()
        if not secret_name(str(key)) and not (isinstance(value, str) and secret_parts(value))
    }


def _texts(data: Mapping[str, Any]) -> dict[str, str]:
    out = {}
    for name, value in data.items():
        if isinstance(value, Mapping) and "value" in value and set(value) <= {"value", "description"}:
            value = value["value"]
        out[str(name)] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return out


def _load(path: Path, option: str) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise UserError(f"{option} {path}: cannot be read ({reason}). Give a file, or NAME=VALUE.") from None
    suffix = path.suffix.lower()
    if suffix == ".json" or (suffix not in (".yaml", ".yml") and text.lstrip().startswith("{")):
        data = _json(path, text, option)
    elif suffix in (".yaml", ".yml"):
        data = _yaml(path, text, option)
    else:
        return _dotenv(path, text, option)
    if not isinstance(data, dict):
        raise UserError(f"{option} {path}:1: expected an object of names and values.")
    return data


def _json(path: Path, text: str, option: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise UserError(f"{option} {path}:{error.lineno}: not valid JSON: {error.msg}.") from None


def _yaml(path: Path, text: str, option: str) -> Any:
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise UserError(f"{option} {path}:{line}: not valid YAML: {getattr(error, 'problem', 'unreadable')}.") from None


def _dotenv(path: Path, text: str, option: str) -> dict[str, str]:
    """The lines `NAME=VALUE`. Others are passed over with a warning, as dotenv readers do."""
    found = read_dotenv(text)
    for number in found.wrong:
        print(f"migrate: {option} {path}:{number}: expected NAME=VALUE; passed over.", file=sys.stderr)  # noqa: T201
    return found.values
