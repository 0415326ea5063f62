"""One object of each kind, and one person of each role, for the permission matrix.

Each app's module beside this one (`tests/permissions/<app>.py`) has `ROWS` and, where it needs objects of its
own, `build(world)`, which puts them on the world in the order of the flow:

    people by role, as `world.people["rater"]` and `world.rater`                      (below)
    world.challenge, world.other_challenge                                           (challenges)
    ...

`participant` and `rater` own the world's submission and annotation; `other_participant` and `other_rater`
have the same roles in the same challenge and own nothing; `other_organizer` organizes `other_challenge` only.
"""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType, SimpleNamespace

from backend.accounts.models import User
from tests.factories.accounts import UserFactory
from tests.permissions.matrix import ROLES, Row, World

FLOW = (
    "accounts",
    "uploads",
    "challenges",
    "datasets",
    "annotations",
    "consensus",
    "adjudication",
    "phases",
    "algorithms",
    "submissions",
    "evaluations",
    "leaderboards",
    "live",
    "common",
)


def modules() -> list[ModuleType]:
    names = [f"tests.permissions.{app}" for app in FLOW]
    return [import_module(name) for name in names if find_spec(name)]


def rows() -> list[Row]:
    return [row for module in modules() for row in module.ROWS]


def build_world() -> World:
    world = SimpleNamespace(people=_people())
    vars(world).update({role: person for role, person in world.people.items() if person})
    for module in modules():
        if hasattr(module, "build"):
            module.build(world)
    return world


def _people() -> dict[str, User | None]:
    people: dict[str, User | None] = {
        role: UserFactory(username=role.replace("_", "-")) for role in ROLES if role != "anonymous"
    }
    return people | {"anonymous": None}
