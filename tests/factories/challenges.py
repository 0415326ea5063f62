"""Challenges and who holds which role in them."""

import factory
from factory.django import DjangoModelFactory

from backend.accounts.models import User
from backend.challenges.models import Challenge, Membership, Role
from tests.factories.accounts import UserFactory


class ChallengeFactory(DjangoModelFactory):
    """Public, with the creator as organizer."""

    class Meta:
        model = Challenge
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda number: f"challenge-{number}")
    title = factory.Sequence(lambda number: f"Challenge {number}")
    visibility = Challenge.Visibility.PUBLIC
    created_by = factory.SubFactory(UserFactory)

    @factory.post_generation
    def creator_organizes(challenge: Challenge, create: bool, extracted: bool | None, **_: object) -> None:  # noqa: N805
        if create and extracted is not False:
            MembershipFactory(challenge=challenge, user=challenge.created_by, role=Role.ORGANIZER)


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    challenge = factory.SubFactory(ChallengeFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.PARTICIPANT


def member(challenge: Challenge, role: Role, **person: object) -> User:
    """A new person with this role in the challenge."""
    user: User = UserFactory(**person)
    MembershipFactory(challenge=challenge, user=user, role=role)
    return user
