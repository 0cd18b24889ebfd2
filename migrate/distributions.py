"""Which distribution has a Python module, and which third-party modules a text imports."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable

_DISTRIBUTIONS = {
    "yaml": "PyYAML", "sklearn": "scikit-learn", "PIL": "Pillow", "cv2": "opencv-python", "bs4": "beautifulsoup4",
    "dateutil": "python-dateutil", "dotenv": "python-dotenv", "jwt": "PyJWT", "MySQLdb": "mysqlclient", "pytz": "pytz",
    "psycopg2": "psycopg2-binary", "google.cloud.bigquery": "google-cloud-bigquery", "attr": "attrs",
    "google.cloud.storage": "google-cloud-storage", "google.cloud.pubsub_v1": "google-cloud-pubsub",
    "google.cloud.secretmanager": "google-cloud-secret-manager", "google.oauth2": "google-auth",
    "google.auth": "google-auth", "googleapiclient": "google-api-python-client", "slack": "slackclient",
    "Crypto": "pycryptodome", "git": "GitPython", "jose": "python-jose", "kafka": "kafka-python",
    "snowflake.connector": "snowflake-connector-python", "snowflake.snowpark": "snowflake-snowpark-python",
    "azure.storage.blob": "azure-storage-blob", "azure.identity": "azure-identity", "docx": "python-docx",
    "fitz": "PyMuPDF", "serial": "pyserial", "kubernetes": "kubernetes", "telegram": "python-telegram-bot",
    "OpenSSL": "pyOpenSSL", "ruamel": "ruamel.yaml", "pymssql": "pymssql", "simple_salesforce": "simple-salesforce",
}  # fmt: skip


def distribution(module: str, name: str | None = None) -> str:
    """The distribution that holds a third-party module, as far as its name is known to differ."""
    parts = (f"{module}.{name}" if name else module).split(".")
    for length in range(len(parts), 0, -1):
        known = _DISTRIBUTIONS.get(".".join(parts[:length]))
        if known is not None:
            return known
    if parts[0] == "google" and len(parts) > 2 and parts[1] == "cloud":
        return f"google-cloud-{parts[2].removesuffix('_v1').replace('_', '-')}"
    return parts[0]


def normalized(name: str) -> str:
    """A distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def third_party(text: str, own: Iterable[str]) -> set[str]:
    """The distributions that a Python text imports outside of `try`, without the standard library and the modules `own`
    (top names of the project's own). Empty for a text that is no Python 3."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    known = {*sys.stdlib_module_names, *own}
    found: set[str] = set()
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Import):
            found.update(distribution(a.name) for a in node.names if a.name.partition(".")[0] not in known)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            if node.module.partition(".")[0] not in known:
                found.update(distribution(node.module, alias.name) for alias in node.names)
        elif not isinstance(node, (ast.Try, ast.expr)):
            todo.extend(ast.iter_child_nodes(node))
    return found
