"""The socket's frames as components of the OpenAPI document: TypeScript's types are generated from them."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, get_type_hints
from uuid import UUID

from backend.events.types import EVENTS
from backend.live import frames

Schema = dict[str, Any]

TYPES: dict[type, Schema] = {
    UUID: {"type": "string", "format": "uuid"},
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
}


def add_live_frames(result: Schema, generator: object, request: object, public: bool) -> Schema:
    """A postprocessing hook of drf-spectacular: adds `LiveEvent`, `LiveCommand` and `LiveAnswer`."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
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
    hints = get_type_hints(kind)
    properties = {field.name: TYPES[hints[field.name]] for field in fields(kind)}
    return _object({tag: {"type": "string", "enum": [word]}} | properties)


def _object(properties: dict[str, Schema]) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
