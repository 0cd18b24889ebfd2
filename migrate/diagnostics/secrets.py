"""Findings about secrets in the sources (SEC002, SEC003)."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class SecretLiteral(Diagnostic):
    """A secret stands as plain text in the source. Its value was not copied.

    ## Why it matters
    Manifests are kept in version control and shown in the user interface. The value is replaced by a reference to a
    Kubernetes Secret, which does not exist yet.

    ## What to do
    Create the Secret (a stub without value is in `shared/`), and change the password or key, because it is known to
    everybody who can read the source.
    """

    code: ClassVar[str] = "SEC002"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{name}` holds {reason}: replaced by key `{key}` of Secret `{secret}`"

    name: str
    reason: str
    secret: str
    key: str


class SecretDefault(Diagnostic):
    """The default of a run parameter is a secret. It was not copied.

    ## Why it matters
    Parameters of a run are shown in the user interface. The parameter has no default any more, so a run that is not
    given a value does not start.

    ## What to do
    Give the value with each run, or read it from a Secret in the task instead; and change the password or key, because
    it is known to everybody who can read the source.
    """

    code: ClassVar[str] = "SEC003"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the default of parameter `{name}` is {reason}: the parameter has none in the output"

    name: str
    reason: str
