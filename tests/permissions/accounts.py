"""Accounts: the front door answers everyone, tokens are each person's own."""

from tests.factories.accounts import ApiTokenFactory
from tests.permissions.matrix import Row, World, answers

ROWS = [
    Row("GET", "/api/v1/me/", answers(200)),
    Row("PATCH", "/api/v1/me/", answers(200, anonymous=401), lambda world: {"affiliation": "Somewhere"}),
    Row("GET", "/api/v1/tokens/", answers(200, anonymous=401)),
    Row("POST", "/api/v1/tokens/", answers(201, anonymous=401), lambda world: {"name": "laptop"}),
    Row("DELETE", "/api/v1/tokens/{token.id}/", answers(404, anonymous=401, participant=204)),
]


def build(world: World) -> None:
    world.token = ApiTokenFactory(user=world.participant)
