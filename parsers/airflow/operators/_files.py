"""Template files (`.sql`, `.sh`, ...) of the sources, read from inside the roots only."""

from __future__ import annotations

from pathlib import Path

from parsers.airflow.context import DagContext

_LIMIT = 1_000_000


def find_template(name: str, context: DagContext) -> Path | None:
    """The file that Jinja's loader would find: below the DAG file's folder, then each folder of `template_searchpath`.

    A search path of the old deployment (`/usr/local/airflow/dags/sql`) is matched by its last parts below the roots.
    """
    if not name or "\n" in name or len(name) > 400:
        return None
    relative = name.lstrip("/")
    for folder in _folders(context):
        found = _inside(folder / relative, context)
        if found is not None:
            return found
    return None


def read_template(name: str, context: DagContext) -> str | None:
    """The text of a template file; None when it is not there, too large, or no UTF-8."""
    path = find_template(name.strip(), context)
    if path is None:
        return None
    try:
        if path.stat().st_size > _LIMIT:
            return None
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _folders(context: DagContext) -> list[Path]:
    out: list[Path] = []
    if context.file is not None:
        out.append(context.file.path.parent)
    for text in context.searchpath:
        parts = [p for p in Path(text).parts if p not in ("/", ".")]
        for base in _bases(context):
            candidates = [base / Path(*parts[n:]) for n in range(len(parts))] + [base]
            if parts and parts[-1] == base.name:
                candidates.insert(0, base)
            out += [c for c in candidates if c.is_dir()]
    out += [root if root.is_dir() else root.parent for root in context.roots]
    return list(dict.fromkeys(out))


def _bases(context: DagContext) -> list[Path]:
    """The folders that a search path may count from: the DAG file's, those above it up to its root, all roots."""
    roots = [root if root.is_dir() else root.parent for root in context.roots]
    out: list[Path] = []
    if context.file is not None:
        own = context.file.path.parent
        out += [own, *(p for p in own.parents if any(root == p or root in p.parents for root in roots))]
    return list(dict.fromkeys([*out, *roots]))


def _inside(path: Path, context: DagContext) -> Path | None:
    try:
        resolved = path.resolve()
        roots = [(r if r.is_dir() else r.parent).resolve() for r in (*context.roots, *context.import_paths)]
        if resolved.is_file() and any(root == resolved or root in resolved.parents for root in roots):
            return resolved
    except (OSError, RuntimeError, ValueError):
        return None
    return None
