"""Connections from AIRFLOW_CONN_<ID>: a URI, or JSON."""

from __future__ import annotations

import json
import os
import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

decode_extras = False
"""Whether values of a URI's query are JSON where they can be: so the third generation reads them (recorded: hosted,
connection-forms)."""


def _decoded(text):
    try:
        return json.loads(text)
    except ValueError:
        return text


class Connection:
    """Where a service is and how to log in."""

    def __init__(
        self, conn_id=None, conn_type=None, description=None, host=None, login=None, password=None, schema=None,
        port=None, extra=None, uri=None,
    ):  # fmt: skip
        self.conn_id = conn_id
        self.conn_type = conn_type
        self.description = description
        self.host = host
        self.login = login
        self.password = password
        self.schema = schema
        self.port = int(port) if port not in (None, "") else None
        self.extra = json.dumps(extra) if isinstance(extra, dict) else extra
        if uri:
            self._parse(uri)

    def _parse(self, uri):
        parts = urlsplit(uri)
        kind = "postgres" if parts.scheme == "postgresql" else parts.scheme.replace("-", "_")
        self.conn_type = kind
        rest = parts.netloc.rpartition("@")
        host = rest[2]
        protocol = re.match(r"^([\w-]+)://(.*)$", uri[len(parts.scheme) + 3 :])
        if protocol:
            inner = urlsplit(uri[len(parts.scheme) + 3 :])
            self.__init__(self.conn_id, uri=inner.geturl())
            self.conn_type = kind
            self.host = "{}://{}".format(inner.scheme, self.host or "")
            return
        login, _, password = rest[0].partition(":") if rest[1] else ("", "", "")
        self.login = unquote(login) or None
        self.password = unquote(password) or None
        name, _, port = host.partition(":") if not host.startswith("[") else (host, "", "")
        self.host = unquote(name)
        self.port = int(port) if port else None
        self.schema = unquote(parts.path[1:])
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if "__extra__" in query:
            self.extra = query["__extra__"]
        elif query:
            self.extra = json.dumps({key: _decoded(value) for key, value in query.items()} if decode_extras else query)

    @property
    def extra_dejson(self):
        """The extra field as a mapping."""
        try:
            found = json.loads(self.extra) if self.extra else {}
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def get_extra_dejson(self, nested=False):
        return self.extra_dejson

    def get_password(self):
        return self.password

    def get_extra(self):
        return self.extra

    def get_uri(self):
        """The URI form."""
        uri = "{}://".format((self.conn_type or "").replace("_", "-"))
        if self.login is not None or self.password is not None:
            uri += quote(self.login or "", safe="")
            uri += ":" + quote(self.password, safe="") if self.password else ""
            uri += "@"
        uri += quote(self.host or "", safe="")
        uri += ":%d" % self.port if self.port else ""
        uri += "/" + quote(self.schema, safe="") if self.schema else ""
        if self.extra:
            query = urlencode(self.extra_dejson)
            plain = query and self.extra_dejson == dict(parse_qsl(query, keep_blank_values=True))
            uri += ("?" if self.schema else "/?") + (query if plain else urlencode({"__extra__": self.extra}))
        return uri

    def __repr__(self):
        return self.conn_id or ""

    __str__ = __repr__


def get(conn_id):
    """The connection with this id. Raises KeyError when the pod was not given it."""
    for name in (conn_id.upper(), re.sub(r"[^A-Za-z0-9]+", "_", conn_id).strip("_").upper()):
        text = os.environ.get("AIRFLOW_CONN_" + name)
        if text is None:
            continue
        if text.lstrip().startswith("{"):
            fields = json.loads(text)
            if "uri" in fields and len(fields) == 1:
                return Connection(conn_id, uri=fields["uri"])
            return Connection(conn_id, **{k: v for k, v in fields.items() if k != "conn_id"})
        return Connection(conn_id, uri=text)
    raise KeyError(f"The conn_id `{conn_id}` isn't defined")


def field_of(conn_id, field):
    """One field of a connection; `extra.<key>` goes into the extra field."""
    found = get(conn_id)
    if field == "uri":
        return found.get_uri()
    if field.startswith("extra."):
        return found.extra_dejson.get(field[6:])
    return getattr(found, field)
