"""What every event is."""

from dataclasses import dataclass, fields
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that has happened. `name` is the word on the wire; `audience` the topics that are told, with
    the event's fields in braces."""

    name: ClassVar[str]
    audience: ClassVar[tuple[str, ...]] = ()

    def topics(self) -> tuple[str, ...]:
        ids = {field.name: getattr(self, field.name) for field in fields(self)}
        return tuple(topic.format_map(ids) for topic in self.audience)
