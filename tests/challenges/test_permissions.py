"""The one table from roles to permissions."""

import pytest
from django.contrib.auth.models import AnonymousUser

from backend.challenges.models import Challenge, Role
from backend.challenges.permissions import GRANTS, Permission, allows, permissions_of, require
from backend.common.errors import NotAllowed, NotFound
from tests.factories.accounts import UserFactory
from tests.factories.challenges import ChallengeFactory, member


def test_nobody_both_makes_the_reference_and_competes() -> None:
    for granted in GRANTS.values():
        assert not {Permission.ANNOTATION_EDIT, Permission.SUBMISSION_CREATE} <= granted
        assert not {Permission.CONSENSUS_VIEW, Permission.SUBMISSION_CREATE} <= granted


@pytest.mark.django_db
class TestRequire:
    def test_hidden_challenge_is_not_found(self) -> None:
        draft = ChallengeFactory(visibility=Challenge.Visibility.DRAFT)
        for person in (AnonymousUser(), UserFactory()):
            with pytest.raises(NotFound):
                require(person, Permission.CHALLENGE_EDIT, draft)

    def test_step_that_the_role_does_not_give_is_refused(self) -> None:
        challenge = ChallengeFactory()
        with pytest.raises(NotAllowed, match="challenge:edit"):
            require(member(challenge, Role.RATER), Permission.CHALLENGE_EDIT, challenge)

    def test_role_of_one_challenge_is_none_in_another(self) -> None:
        organizer = ChallengeFactory().created_by
        assert permissions_of(organizer, ChallengeFactory()) == {Permission.CHALLENGE_VIEW}

    def test_superuser_is_organizer_everywhere(self) -> None:
        draft = ChallengeFactory(visibility=Challenge.Visibility.DRAFT)
        assert permissions_of(UserFactory(is_superuser=True), draft) == GRANTS[Role.ORGANIZER]

    def test_allowed_step_passes(self) -> None:
        challenge = ChallengeFactory()
        assert allows(challenge.created_by, Permission.MEMBERS_MANAGE, challenge)
        require(challenge.created_by, Permission.MEMBERS_MANAGE, challenge)
