from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum


class System(str, Enum):
    DB = "db"
    FILE = "file"


@dataclass(frozen=True)
class Source:
    name: str
    system: System = System.DB
    rows: list[dict] = field(default_factory=list)
    limit: int = 2
    retries: int = 0
    enabled: bool = True

    @property
    def table(self) -> str:
        return f"{self.system.value}_{self.name}"

    def __post_init__(self):
        if not self.name.isidentifier():
            raise ValueError(self.name)


_BASE = Source("orders", rows=[{"id": n, "price": n * 1.5} for n in range(4)])
SOURCES = [
    _BASE,
    replace(_BASE, name="users", system=System.FILE, rows=[{"id": 1, "name": "Zoë"}], retries=1),
    replace(_BASE, name="old", enabled=False),
]
