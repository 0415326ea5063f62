"""What goes over the socket, typed: commands from the browser; answers, events and what rooms show to it."""

from dataclasses import dataclass, fields
from typing import Any, ClassVar

from backend.events.rooms import EditShown, RoomPerson
from backend.live.cursors import BadCursor, Cursor, parse_cursor

MOST_TOPIC_CHARACTERS = 100


class BadFrame(Exception):
    """The browser sent something that is no command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribe:
    command: ClassVar[str] = "subscribe"
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsubscribe:
    command: ClassVar[str] = "unsubscribe"
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    command: ClassVar[str] = "ping"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveCursor:
    """Show the others in the room where one points; null points nowhere, and says that one is there."""

    command: ClassVar[str] = "cursor"
    topic: str
    cursor: Cursor | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    type: ClassVar[str] = "subscribed"
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsubscribed:
    type: ClassVar[str] = "unsubscribed"
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """`code`: bad_topic, not_found, not_allowed, too_many."""

    type: ClassVar[str] = "refused"
    topic: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pong:
    type: ClassVar[str] = "pong"


@dataclass(frozen=True, slots=True, kw_only=True)
class BadCommand:
    """The frame was no command."""

    type: ClassVar[str] = "error"
    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Somebody came into the room. `connection`: of their page, as one person may have several open."""

    type: ClassVar[str] = "joined"
    topic: str
    person: RoomPerson
    connection: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CursorMoved:
    """Somebody in the room points elsewhere; whoever joins gets one of each who is there."""

    type: ClassVar[str] = "cursor"
    topic: str
    person: RoomPerson
    connection: str
    cursor: Cursor | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    type: ClassVar[str] = "left"
    topic: str
    connection: str


Command = Subscribe | Unsubscribe | Ping | MoveCursor
Shown = Joined | CursorMoved | Left | EditShown
Answer = Subscribed | Unsubscribed | Refused | Pong | BadCommand | Shown
COMMANDS: dict[str, type[Command]] = {
    kind.command: kind for kind in (Subscribe, Unsubscribe, Ping, MoveCursor)
}
ANSWERS: tuple[type[Answer], ...] = (
    Subscribed, Unsubscribed, Refused, Pong, BadCommand, Joined, CursorMoved, Left, EditShown,
)  # fmt: skip


def parse_command(content: object) -> Command:
    """
    Raises:
        BadFrame: it is not one of `COMMANDS` with its fields.
    """
    word = content.get("command") if isinstance(content, dict) else None
    kind = COMMANDS.get(word) if isinstance(word, str) else None
    if kind is None or not isinstance(content, dict):
        raise BadFrame(f'Send {{"command": …}} with one of {", ".join(COMMANDS)}.')
    if kind is MoveCursor:
        return MoveCursor(topic=_text(content, "topic"), cursor=_cursor(content))
    return kind(**{field.name: _text(content, field.name) for field in fields(kind)})  # type: ignore[arg-type]


def _text(content: dict[str, Any], name: str) -> str:
    value = content.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= MOST_TOPIC_CHARACTERS:
        word = content["command"]
        raise BadFrame(f"{word} needs the text {name}, of at most {MOST_TOPIC_CHARACTERS} characters.")
    return value


def _cursor(content: dict[str, Any]) -> Cursor | None:
    if content.get("cursor") is None:
        return None
    try:
        return parse_cursor(content["cursor"])
    except BadCursor as error:
        raise BadFrame(f"Not a cursor: {error}.") from None
