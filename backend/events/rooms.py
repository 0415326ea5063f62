"""What the people in a room are shown at once, in full. Events carry ids only, because some listeners may not
see what they are about; whoever may enter a room sees all that is in it (`live.topics` checks), and the next
stroke waits for this one."""

import base64
import json
from dataclasses import asdict, dataclass
from typing import Any, ClassVar
from uuid import UUID

# Larger records are fetched: a frame is copied for everyone in the room.
MOST_SHOWN_BYTES = 256 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomPerson:
    """A person as the others in the room see them."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomEdit:
    """An edit as the log has it.

    Args:
        runs: the record of `numerics.edits`, with what the log's state held before; None where it is not sent
            along and has to be fetched.
        source, region: what was taken over for which region; empty and None for painting.
    """

    number: int
    edit_id: UUID
    author: RoomPerson
    tool: str
    label: int | None
    runs: bytes | None
    undoes: UUID | None
    source: str
    region: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditShown:
    type: ClassVar[str] = "edit"
    topic: str
    edit: RoomEdit


def to_text(frame: Any) -> str:
    """A frame, which is a frozen dataclass with a `type`, as it goes over the socket: bytes in base64."""
    return json.dumps({"type": frame.type} | asdict(frame), default=_plain)


def _plain(value: object) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
