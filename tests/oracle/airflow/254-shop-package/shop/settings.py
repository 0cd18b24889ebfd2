import enum
from dataclasses import dataclass, field

REGION = "eu"


class Mode(str, enum.Enum):
    FULL = "full"
    DELTA = "delta"


@dataclass(frozen=True)
class Settings:
    name: str
    mode: Mode = Mode.DELTA
    tables: tuple = ("a", "b")
    extra: dict = field(default_factory=dict)

    @property
    def key(self):
        return f"{self.name}:{self.mode.value}"

    @classmethod
    def parse(cls, text):
        name, _, mode = text.partition("/")
        return cls(name, Mode(mode or "full"))
