import asyncio

from airflow.triggers.base import BaseTrigger, TriggerEvent


class After(BaseTrigger):
    """Fires once, after some seconds."""

    def __init__(self, seconds, note):
        super().__init__()
        self.seconds = seconds
        self.note = note

    def serialize(self):
        return "own_triggers.After", {"seconds": self.seconds, "note": self.note}

    async def run(self):
        await asyncio.sleep(self.seconds)
        yield TriggerEvent({"note": self.note, "seconds": self.seconds})
