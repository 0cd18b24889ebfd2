"""Treasure Data's API: databases, tables, jobs and their results (paths and fields: td-client-java 0.9)."""

from __future__ import annotations

import json
import re
import urllib.parse
import uuid

from pod_service import ServiceError, once, patiently, polled, quoted

PLAIN_KEY = re.compile(r"(?:[1-9][0-9]*/)?[a-f0-9]{40}\Z")
ENDED = ("success", "error", "killed")


class Client:
    """The API with one key. database: where tables and queries are, if no other is named."""

    def __init__(self, endpoint, key, database=""):
        self.endpoint = endpoint
        self.authorization = f"TD1 {key}" if PLAIN_KEY.match(key) else key
        self.database = database

    def call(self, method, path, fields=None, body=None, allowed=()):
        """The answer to a request; one with status 4xx is an error, unless it is allowed."""
        headers = {"Authorization": self.authorization, "Accept": "application/json"}
        data = None
        url = self.endpoint + path
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json; charset=utf-8"
            url += f"?{urllib.parse.urlencode(fields)}" if fields else ""
        elif method == "POST":
            data = urllib.parse.urlencode(fields or {}).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = patiently(lambda: once(method, url, headers, data), f"{method} {path}")
        if answer.status >= 300 and answer.status not in allowed:
            raise ServiceError(f"{method} {path}: status {answer.status}: {answer.text[:500]}", answer.status)
        return answer

    # databases and tables ---------------------------------------------------------------------------------------

    def create_database(self, name):
        """Makes a database unless it is there."""
        self.call("POST", "/v3/database/create" + quoted(name), allowed=(409,))

    def delete_database(self, name):
        """Deletes a database if it is there."""
        self.call("POST", "/v3/database/delete" + quoted(name), allowed=(404,))

    def create_table(self, name):
        """Makes a table (`table`, `database.table`) unless it is there."""
        self.call("POST", "/v3/table/create" + quoted(*self.place(name), "log"), allowed=(409,))

    def delete_table(self, name):
        """Deletes a table if it is there."""
        self.call("POST", "/v3/table/delete" + quoted(*self.place(name)), allowed=(404,))

    def rename_table(self, name, to):
        """Renames a table; one of the new name is overwritten."""
        path = "/v3/table/rename" + quoted(*self.place(name), to)
        self.call("POST", path, {"overwrite": "true"}, allowed=(404,))

    def table_exists(self, name):
        """Whether there is such a table."""
        database, table = self.place(name)
        answer = self.call("GET", "/v3/table/list" + quoted(database), allowed=(404,))
        return answer.status < 300 and any(t["name"] == table for t in answer.json()["tables"])

    def place(self, name):
        """(database, table) of `table` or `database.table`."""
        database, _, table = str(name).rpartition(".")
        return database or self.database, table

    def connection(self, name):
        """The id of a saved connection."""
        return self.call("GET", "/v3/connections/lookup?" + urllib.parse.urlencode({"name": name})).json()["id"]

    # jobs -------------------------------------------------------------------------------------------------------

    def start(self, path, fields, body=None):
        """The id of a job that is started once, however often the request is sent (by its domain key)."""
        key = str(uuid.uuid4())
        if body is None or "config" in body:
            fields = {**fields, "domain_key": key}
        else:
            body = {**body, "domain_key": key}
        answer = self.call("POST", path, fields, body, allowed=(409,))
        found = answer.json() or {}
        if answer.status == 409:
            job = (found.get("details") or {}).get("conflicts_with") or found.get("conflicts_with")
            if job is None:
                raise ServiceError(f"POST {path}: status 409: {answer.text[:500]}", 409)
            return str(job)
        if "jobs" in found:
            found = found["jobs"][0]
        return str(found.get("job_id") or found["id"])

    def wait(self, job):
        """Facts of a job that has succeeded. Raises what it printed when it did not."""

        def look():
            status = self.call("GET", "/v3/job/status" + quoted(job)).json()["status"]
            return status if status in ENDED else None

        status = polled(look)
        facts = self.call("GET", "/v3/job/show" + quoted(job)).json()
        if status != "success":
            debug = facts.get("debug") or {}
            raise ServiceError(f"{debug.get('cmdout') or ''}\n{debug.get('stderr') or ''}".strip() or f"job {status}")
        return facts

    def rows(self, job):
        """The rows of a job's result; none where it has no result."""
        answer = self.call("GET", "/v3/job/result" + quoted(job) + "?format=json", allowed=(404,))
        return [] if answer.status == 404 else [json.loads(line) for line in answer.text.splitlines() if line.strip()]


def columns(facts):
    """Names of the columns of a job's result."""
    schema = facts.get("hive_result_schema")
    schema = json.loads(schema) if isinstance(schema, str) and schema else schema or []
    return [column[0] for column in schema]
