"""What goes over the socket, typed: commands from the browser, answers and events to it."""

from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar

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


Command = Subscribe | Unsubscribe | Ping
Answer = Subscribed | Unsubscribed | Refused | Pong | BadCommand
COMMANDS: dict[str, type[Command]] = {kind.command: kind for kind in (Subscribe, Unsubscribe, Ping)}
ANSWERS: tuple[type[Answer], ...] = (Subscribed, Unsubscribed, Refused, Pong, BadCommand)


def parse_command(content: object) -> Command:
    """
    Raises:
        BadFrame: it is not one of `COMMANDS` with its texts.
    """
    word = content.get("command") if isinstance(content, dict) else None
    kind = COMMANDS.get(word) if isinstance(word, str) else None
    if kind is None or not isinstance(content, dict):
        raise BadFrame(f'Send {{"command": …}} with one of {", ".join(COMMANDS)}.')
    given = {field.name: content.get(field.name) for field in fields(kind)}
    for name, value in given.items():
        if not isinstance(value, str) or not 0 < len(value) <= MOST_TOPIC_CHARACTERS:
            raise BadFrame(f"{word} needs the text {name}, of at most {MOST_TOPIC_CHARACTERS} characters.")
    return kind(**given)  # type: ignore[arg-type]


def to_wire(answer: Answer) -> dict[str, Any]:
    return {"type": answer.type} | asdict(answer)
