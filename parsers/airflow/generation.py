"""Which Airflow a DAG file was written for; defaults and meanings differ between 2.x and 3.x."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Generation:
    """A version such as `2.11` or `3.1`. `assumed`: the user did not say it and the file gave no proof."""

    text: str = "2.11"
    assumed: bool = True

    @property
    def major(self) -> int:
        """2 or 3 (1.x counts as 2: it is what such files are run with before they are moved)."""
        head = self.text.split(".", 1)[0]
        return 3 if head.isdigit() and int(head) >= 3 else 2
