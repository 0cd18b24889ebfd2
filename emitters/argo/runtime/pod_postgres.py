"""Postgres and Redshift by their own protocol (version 3, as Postgres documents it): statements, and rows with types.
`psql` gives texts only, and Redshift can neither make JSON of rows nor COPY them to a client."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import socket
import ssl as tls
import struct

SSL_REQUEST, PROTOCOL = 80877103, 196608


class DatabaseError(Exception):
    """The server refused; `code` is its SQLSTATE. The text is worded as Digdag's driver words it."""

    def __init__(self, message, code=""):
        super().__init__(message)
        self.code = code


class Connection:
    """A connection. options: further settings of the session (`search_path` ...)."""

    def __init__(self, host, port, user, database, password=None, *, ssl=False, timeout=30, options=None):
        self.user, self.password = user, password
        try:
            self.socket = socket.create_connection((host, int(port)), timeout)
        except OSError as error:
            raise DatabaseError(f"Connection to {host}:{port} refused. ({error})") from None
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if ssl:
            self._secure(host)
        self.file = self.socket.makefile("rb")
        settings = {"user": user, "database": database, "client_encoding": "UTF8", "DateStyle": "ISO"}
        settings |= {"TimeZone": "UTC", "application_name": "digdag", **(options or {})}
        pairs = b"".join(f"{key}\0{value}\0".encode() for key, value in settings.items())
        self._send(b"", struct.pack("!i", PROTOCOL) + pairs + b"\0")
        self.facts = {}
        self._enter()

    def limit(self, seconds):
        """How long an answer may take."""
        self.socket.settimeout(seconds)

    def close(self):
        """Ends the session."""
        self._send(b"X", b"")
        self.socket.close()

    def run(self, statements):
        """Results of the statements in order: (columns, rows) of each that gives rows. Raises DatabaseError."""
        self._send(b"Q", statements.encode() + b"\0")
        found, failure = [], None
        while True:
            kind, body = self._receive()
            if kind == b"T":
                found.append((columns_of(body), []))
            elif kind == b"D":
                names, rows = found[-1]
                rows.append(row_of(body, names))
            elif kind == b"E":
                failure = failure or error_of(body)
            elif kind == b"G":
                self._send(b"f", b"COPY from the client is not possible here\0")
            elif kind == b"Z":
                if failure is not None:
                    raise failure
                return [([name for name, _ in names], rows) for names, rows in found]

    def _secure(self, host):
        self._send(b"", struct.pack("!i", SSL_REQUEST))
        if self.socket.recv(1) != b"S":
            raise DatabaseError("The server does not support SSL.")
        context = tls.create_default_context()
        context.check_hostname, context.verify_mode = False, tls.CERT_NONE  # Digdag does not look at certificates
        self.socket = context.wrap_socket(self.socket, server_hostname=host)

    def _enter(self):
        proof = None
        while True:
            kind, body = self._receive()
            if kind == b"E":
                raise error_of(body)
            if kind == b"S":
                name, value, _ = body.split(b"\0", 2)
                self.facts[name.decode()] = value.decode()
            if kind == b"Z":
                return
            if kind != b"R":
                continue
            method, rest = struct.unpack("!i", body[:4])[0], body[4:]
            if method and self.password is None:
                raise DatabaseError("The server requested password-based authentication, but no password was provided.")
            if method == 3:
                self._send(b"p", self.password.encode() + b"\0")
            elif method == 5:
                self._send(b"p", hashed(self.user, self.password, rest[:4]))
            elif method == 10:
                proof = Scram(self.password)
                first = proof.first()
                self._send(b"p", b"SCRAM-SHA-256\0" + struct.pack("!i", len(first)) + first)
            elif method == 11:
                self._send(b"p", proof.final(rest))
            elif method not in (0, 12):
                raise DatabaseError(f"The authentication type {method} is not supported.")

    def _send(self, kind, body):
        try:
            self.socket.sendall(kind + struct.pack("!i", len(body) + 4) + body)
        except OSError as error:
            raise DatabaseError(f"An I/O error occurred while sending to the backend. ({error})", "08006") from None

    def _receive(self):
        """(kind, body) of the next message."""
        try:
            head = self.file.read(5)
            body = self.file.read(struct.unpack("!i", head[1:])[0] - 4) if len(head) == 5 else b""
        except OSError as error:
            raise DatabaseError(f"An I/O error occurred while reading from the backend. ({error})", "08006") from None
        if len(head) < 5:
            raise DatabaseError("An I/O error occurred: the server closed the connection.", "08006")
        return head[:1], body


class Scram:
    """SCRAM-SHA-256 (RFC 5802, RFC 7677)."""

    def __init__(self, password):
        self.password = password.encode()
        self.bare = b"n=,r=" + base64.b64encode(os.urandom(18))

    def first(self):
        """The client's first message."""
        return b"n,," + self.bare

    def final(self, challenge):
        """The answer to the server's challenge."""
        facts = dict(part.split(b"=", 1) for part in challenge.split(b","))
        salted = hashlib.pbkdf2_hmac("sha256", self.password, base64.b64decode(facts[b"s"]), int(facts[b"i"]))
        key = hmac.digest(salted, b"Client Key", "sha256")
        text = b"c=biws,r=" + facts[b"r"]
        signed = hmac.digest(hashlib.sha256(key).digest(), b",".join((self.bare, challenge, text)), "sha256")
        return text + b",p=" + base64.b64encode(bytes(a ^ b for a, b in zip(key, signed)))


def hashed(user, password, salt):
    """The answer to a challenge by MD5, which older servers and Redshift ask for."""
    inner = hashlib.md5((password + user).encode(), usedforsecurity=False).hexdigest()
    return b"md5" + hashlib.md5(inner.encode() + salt, usedforsecurity=False).hexdigest().encode() + b"\0"


def error_of(body):
    """The error of a message."""
    fields = {part[:1]: part[1:].decode("utf-8", "replace") for part in body.split(b"\0") if part}
    text = f"{fields.get(b'S', 'ERROR')}: {fields.get(b'M', '')}"
    for key, name in ((b"D", "Detail"), (b"H", "Hint"), (b"P", "Position"), (b"W", "Where")):
        if key in fields:
            text += f"\n  {name}: {fields[key]}"
    return DatabaseError(text, fields.get(b"C", ""))


def columns_of(body):
    """(name, type) of each column."""
    found, at = [], 2
    for _ in range(struct.unpack("!h", body[:2])[0]):
        end = body.index(b"\0", at)
        found.append((body[at:end].decode(), struct.unpack("!i", body[end + 7 : end + 11])[0]))
        at = end + 19
    return found


def row_of(body, columns):
    """(type, text or None) of each value."""
    found, at = [], 2
    for _, kind in columns:
        size = struct.unpack("!i", body[at : at + 4])[0]
        at += 4
        found.append((kind, None if size < 0 else body[at : at + size].decode()))
        at += max(size, 0)
    return found
