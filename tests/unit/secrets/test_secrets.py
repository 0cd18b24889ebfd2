"""What counts as a secret, and what does not."""

from __future__ import annotations

from itertools import pairwise

import pytest

from migrate.secrets import redact, secret_parts, secret_reason


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "hunter2"),
        ("dbPassword", "foo12"),
        ("api_key", "abcd1234"),
        ("x", "AKIAABCDEFGHIJKLMNOP"),
        ("x", "xoxb-123456789-abcdef"),
        ("Authorization", "Bearer abcdefghijklmnop"),
        ("x", "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"),
        (None, "q8Rz2LmV0xT7bYwK5cNd9HgJ4sPf6UaE"),
    ],
)
def test_is_a_secret(name: str | None, value: str) -> None:
    assert secret_reason(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GOOGLE_APPLICATION_CREDENTIALS", "/var/secrets/x.json"),
        ("API_TOKEN", "{{ var.value.t }}"),
        ("API_TOKEN", "$TOKEN"),
        ("TOKEN_URL", "https://a/b"),
        ("secret_name", "foo"),
        ("author", "Jim"),
        ("PASS", "true"),
        ("partition_key", "id"),
        ("compass", "north"),
        ("image", "repo/img@sha256:" + "ab12" * 16),
        ("commit", "3f786850e387550fdab836ed7e6dc881de23001b"),
        ("x", ""),
        ("x", 5),
    ],
)
def test_is_no_secret(name: str, value: object) -> None:
    assert secret_reason(name, value) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("PGPASSWORD=hunter22 psql -h x", "PGPASSWORD=*** psql -h x"),
        ('os.environ["K_PASSWORD"] = "hunter22"', 'os.environ["K_PASSWORD"] = "***"'),
        ("curl https://user:pw@h/x", "curl https://user:***@h/x"),
        ("CREATE USER u IDENTIFIED BY 'abcd'", "CREATE USER u IDENTIFIED BY '***'"),
        ("mysql --password=$PW", "mysql --password=$PW"),
        ("tool --token abcd1234 --day x", "tool --token *** --day x"),
        ("['--password', 'hunter2']", "['--password', '***']"),
        ("tool --password-file secret.txt --token $T", "tool --password-file secret.txt --token $T"),
        ("postgresql://{{ u }}:{{ p }}@h", "postgresql://{{ u }}:{{ p }}@h"),
        ("token=os.environ['x']", "token=os.environ['x']"),
        ("password=get_secret('x')", "password=get_secret('x')"),
        ("echo token: done!", "echo token: done!"),
    ],
)
def test_parts_of_a_text(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_parts_do_not_overlap() -> None:
    parts = secret_parts("url=postgresql://u:AKIAABCDEFGHIJKLMNOP@h password=AKIAABCDEFGHIJKLMNOP")
    assert [p.start for p in parts] == sorted({p.start for p in parts})
    assert all(a.end <= b.start for a, b in pairwise(parts))
