"""Who may do what: every operation of the API × every role, as the tables beside this file say."""

import logging
from collections.abc import Iterator

import pytest
from django.db import transaction
from rest_framework.settings import api_settings
from rest_framework.test import APIClient
from rest_framework.views import APIView

from tests.permissions.matrix import ROLES, Operation, Row, World, registered_operations
from tests.permissions.world import build_world, rows


@pytest.fixture
def world(db: None) -> Iterator[World]:
    logging.disable(logging.WARNING)  # hundreds of refusals are no news here
    yield build_world()
    logging.disable(logging.NOTSET)


def test_every_role_is_answered_as_its_row_says(world: World, subtests: pytest.Subtests) -> None:
    clients = {role: _signed_in(world, role) for role in ROLES}
    for row in rows():
        with subtests.test(str(row)):
            assert set(row.expect) == set(ROLES), "a row names every role"
            answered = {role: _status(clients[role], row, world) for role in ROLES}
            assert answered == dict(row.expect)


def test_every_operation_of_the_api_has_a_row(world: World) -> None:
    registered = {operation for operation, _ in registered_operations()}
    told = {row.operation(world) for row in rows()}
    assert not registered - told, f"operations without a row: {listed(registered - told)}"
    assert not told - registered, f"rows without an operation: {listed(told - registered)}"


def test_every_view_states_who_may_call_it() -> None:
    silent = {
        view.__qualname__
        for _, view in registered_operations()
        if view.permission_classes == api_settings.DEFAULT_PERMISSION_CLASSES
        and view.get_permissions is APIView.get_permissions
    }
    assert silent == set()


def listed(operations: set[Operation]) -> str:
    return "".join(f"\n  {method} {route}" for method, route in sorted(operations))


def _signed_in(world: World, role: str) -> APIClient:
    client = APIClient()
    if world.people[role]:
        client.force_login(world.people[role])
    return client


def _status(client: APIClient, row: Row, world: World) -> int:
    """What the person is answered; what the request changed is undone."""
    with transaction.atomic():
        response = row.send(client, world)
        transaction.set_rollback(True)
    return response.status_code
