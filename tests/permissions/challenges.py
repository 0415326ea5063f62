"""Challenges: everyone sees a public one, its members a draft; the organizer edits and gives roles."""

from backend.challenges.models import Challenge, Role
from tests.factories.challenges import ChallengeFactory, MembershipFactory
from tests.permissions.matrix import Row, World, answers

ORGANIZER = {"anonymous": 401, "organizer": 200}

ROWS = [
    Row("GET", "/api/v1/challenges/", answers(200)),
    Row("POST", "/api/v1/challenges/", answers(201, anonymous=401), lambda world: {"title": "Another"}),
    Row("GET", "/api/v1/challenges/{challenge.slug}/", answers(200)),
    Row(
        "PATCH",
        "/api/v1/challenges/{challenge.slug}/",
        answers(403, **ORGANIZER),
        lambda world: {"rules": "New"},
    ),
    Row(
        "POST",
        "/api/v1/challenges/{challenge.slug}/join/",
        answers(200, anonymous=401, rater=409, other_rater=409, organizer=409),
    ),
    Row("GET", "/api/v1/challenges/{challenge.slug}/members/", answers(403, **ORGANIZER)),
    Row(
        "POST",
        "/api/v1/challenges/{challenge.slug}/members/",
        answers(403, anonymous=401, organizer=201),
        lambda world: {"username": world.outsider.username, "role": "rater"},
    ),
    Row("PATCH", "/api/v1/members/{membership.id}/", answers(403, **ORGANIZER), lambda world: {"alias": "A"}),
    Row("DELETE", "/api/v1/members/{membership.id}/", answers(403, anonymous=401, organizer=204)),
    # the same of a draft, in which only `organizer` and `rater` are members
    Row("GET", "/api/v1/challenges/{draft.slug}/", answers(404, organizer=200, rater=200)),
    Row(
        "PATCH",
        "/api/v1/challenges/{draft.slug}/",
        answers(404, anonymous=401, organizer=200, rater=403),
        lambda world: {},
    ),
    Row(
        "POST", "/api/v1/challenges/{draft.slug}/join/", answers(404, anonymous=401, organizer=409, rater=409)
    ),
    Row(
        "GET",
        "/api/v1/challenges/{draft.slug}/members/",
        answers(404, anonymous=401, organizer=200, rater=403),
    ),
    Row(
        "DELETE",
        "/api/v1/members/{draft_membership.id}/",
        answers(404, anonymous=401, organizer=204, rater=403),
    ),
]


def build(world: World) -> None:
    world.challenge = ChallengeFactory(created_by=world.organizer)
    world.other_challenge = ChallengeFactory(created_by=world.other_organizer)
    world.draft = ChallengeFactory(created_by=world.organizer, visibility=Challenge.Visibility.DRAFT)
    for name in ("participant", "other_participant"):
        MembershipFactory(challenge=world.challenge, user=getattr(world, name), role=Role.PARTICIPANT)
    for name in ("rater", "other_rater"):
        MembershipFactory(challenge=world.challenge, user=getattr(world, name), role=Role.RATER)
    world.membership = world.participant.memberships.get()
    world.draft_membership = MembershipFactory(challenge=world.draft, user=world.rater, role=Role.RATER)
