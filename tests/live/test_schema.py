"""The OpenAPI document describes what the socket says."""

from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from backend.events.types import EVENTS
from backend.live.frames import ANSWERS, COMMANDS


@pytest.fixture(scope="module")
def document() -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)


def test_document_is_valid_openapi(document: Any) -> None:
    validate_schema(document)


@pytest.mark.parametrize(
    ("union", "tag", "words"),
    [
        ("LiveEvent", "name", {event.name for event in EVENTS}),
        ("LiveCommand", "command", set(COMMANDS)),
        ("LiveAnswer", "type", {answer.type for answer in ANSWERS} | {"event"}),
    ],
)
def test_union_has_one_member_per_word(document: Any, union: str, tag: str, words: set[str]) -> None:
    schemas = document["components"]["schemas"]
    members = [schemas[part["$ref"].rsplit("/", 1)[-1]] for part in schemas[union]["oneOf"]]
    assert [member["properties"][tag]["enum"] for member in members] == [
        [word] for word in schemas[union]["discriminator"]["mapping"]
    ]
    assert set(schemas[union]["discriminator"]["mapping"]) == words
    assert schemas[union]["discriminator"]["propertyName"] == tag
    assert all(set(member["required"]) == set(member["properties"]) for member in members)


def test_cursor_is_described_to_its_last_voxel(document: Any) -> None:
    schemas = document["components"]["schemas"]
    cursor = schemas["LiveCursor"]["properties"]
    assert cursor["plane"]["enum"] == ["axial", "coronal", "sagittal"]
    assert cursor["label"] == {"type": "integer", "nullable": True}
    place = {"type": "array", "items": {"type": "number"}, "minItems": 3, "maxItems": 3}
    assert (cursor["voxel"], cursor["trail"]) == (place, {"type": "array", "items": place})
    moved = schemas["LiveMoveCursorCommand"]["properties"]["cursor"]
    assert moved == {"allOf": [{"$ref": "#/components/schemas/LiveCursor"}], "nullable": True}


def test_event_fields_have_their_types(document: Any) -> None:
    event = document["components"]["schemas"]["LiveAssignmentChangedEvent"]["properties"]
    assert event["assignment_id"] == {"type": "string", "format": "uuid"}
    assert event["rater_id"] == {"type": "integer"}
