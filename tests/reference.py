"""Writes the generated pages of docs/ (`uv run python tests/reference.py`); the test of them fails when they are stale."""

from pathlib import Path

from migrate.reference import reference_files

DOCS = Path(__file__).resolve().parent.parent / "docs"

if __name__ == "__main__":
    for name, text in reference_files().items():
        path = DOCS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"docs/{name}")
