"""The socket's frames as components of the OpenAPI document: TypeScript's types are generated from them."""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints
from uuid import UUID

from backend.events.rooms import RoomEdit, RoomPerson
from backend.events.types import EVENTS
from backend.live import frames
from backend.live.cursors import Cursor

Schema = dict[str, Any]

TYPES: dict[Any, Schema] = {
    UUID: {"type": "string", "format": "uuid"},
    str: {"type": "string"},
    bytes: {"type": "string", "format": "byte"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
}
# What frames carry, under names of their own.
PARTS = {Cursor: "LiveCursor", RoomPerson: "LiveRoomPerson", RoomEdit: "LiveRoomEdit"}


def add_live_frames(result: Schema, generator: object, request: object, public: bool) -> Schema:
    """A postprocessing hook of drf-spectacular: adds `LiveEvent`, `LiveCommand` and `LiveAnswer`."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas |= {name: _object(_properties(part)) for part, name in PARTS.items()}
    schemas |= _union("LiveEvent", "name", {event.name: event for event in EVENTS}, suffix="Event")
    schemas |= _union("LiveCommand", "command", frames.COMMANDS, suffix="Command")
    answers = {answer.type: answer for answer in frames.ANSWERS}
    schemas |= _union("LiveAnswer", "type", answers, suffix="Answer", more=["LiveTold"])
    schemas["LiveTold"] = _object(
        {
            "type": {"type": "string", "enum": ["event"]},
            "topic": TYPES[str],
            "event": _reference("LiveEvent"),
        }
    )
    schemas["LiveAnswer"]["discriminator"]["mapping"]["event"] = _reference("LiveTold")["$ref"]
    return result


def _union(
    name: str, tag: str, kinds: dict[str, Any], *, suffix: str, more: Iterable[str] = ()
) -> dict[str, Schema]:
    """A discriminated union on `tag`, and its members, named `Live<class><suffix>`."""
    members = {word: f"Live{kind.__name__}{suffix}" for word, kind in kinds.items()}
    schemas = {members[word]: _member(kind, tag, word) for word, kind in kinds.items()}
    schemas[name] = {
        "oneOf": [_reference(member) for member in [*members.values(), *more]],
        "discriminator": {
            "propertyName": tag,
            "mapping": {word: _reference(member)["$ref"] for word, member in members.items()},
        },
    }
    return schemas


def _member(kind: Any, tag: str, word: str) -> Schema:
    return _object({tag: {"type": "string", "enum": [word]}} | _properties(kind))


def _properties(kind: Any) -> dict[str, Schema]:
    hints = get_type_hints(kind)
    return {field.name: _of_type(hints[field.name]) for field in fields(kind)}


def _of_type(hint: Any) -> Schema:
    origin, parts = get_origin(hint), get_args(hint)
    if is_dataclass(hint):
        return _reference(PARTS[hint])  # type: ignore[index]
    if origin is UnionType and NoneType in parts:
        (kind,) = set(parts) - {NoneType}
        schema = _of_type(kind)
        return ({"allOf": [schema]} if "$ref" in schema else schema) | {"nullable": True}
    if origin is Literal:
        return {"type": "string", "enum": list(parts)}
    if origin is tuple:
        length = {} if Ellipsis in parts else {"minItems": len(parts), "maxItems": len(parts)}
        return {"type": "array", "items": _of_type(parts[0])} | length
    return TYPES[hint]


def _object(properties: dict[str, Schema]) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
