"""Challenges through HTTP: who sees them, what they tell, and how people come to their one role."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.annotations.models import Annotation, Assignment
from backend.challenges.models import Challenge, Membership, Role
from backend.challenges.permissions import GRANTS, Permission
from backend.datasets.models import Case, Dataset, DatasetVersion, LabelScheme
from backend.phases.models import Phase
from tests.factories.accounts import UserFactory
from tests.factories.challenges import ChallengeFactory, MembershipFactory, member

pytestmark = pytest.mark.django_db


def as_person(user: User | None) -> APIClient:
    client = APIClient()
    if user:
        client.force_login(user)
    return client


def get(user: User | None, slug: str) -> Any:
    return as_person(user).get(f"/api/v1/challenges/{slug}/").json()


def add_dataset(challenge: Challenge, *case_names: str) -> Dataset:
    scheme, _ = LabelScheme.objects.get_or_create(
        slug="two", defaults={"name": "Two", "labels": [], "regions": []}
    )
    dataset = Dataset.objects.create(
        challenge=challenge, name=f"Set {scheme.pk}", scheme=scheme, sequences=[]
    )
    for number, name in enumerate(case_names):
        Case.objects.create(dataset=dataset, name=name, digest=f"{number:064}", grid={})
    return dataset


def add_version(dataset: Dataset) -> DatasetVersion:
    version = DatasetVersion.objects.create(
        dataset=dataset, number=1, digest="0" * 64, created_by=dataset.challenge.created_by
    )
    version.cases.set(dataset.cases.all())
    return version


def annotate(rater: User, dataset: Dataset, *, head: int) -> None:
    case = dataset.cases.first()
    assignment = Assignment.objects.create(case=case, rater=rater, assigned_by=dataset.challenge.created_by)
    Annotation.objects.create(assignment=assignment, head=head)


class TestSeeing:
    def test_drafts_are_seen_by_their_members_only(self) -> None:
        draft = ChallengeFactory(visibility=Challenge.Visibility.DRAFT)
        public = ChallengeFactory()
        rater = member(draft, Role.RATER)

        def seen(user: User | None) -> set[str]:
            return {row["slug"] for row in as_person(user).get("/api/v1/challenges/").json()["results"]}

        assert seen(None) == seen(UserFactory()) == {public.slug}
        assert (
            seen(rater)
            == seen(draft.created_by)
            == seen(UserFactory(is_superuser=True))
            == {
                public.slug,
                draft.slug,
            }
        )

    def test_counts_do_not_multiply_each_other(self) -> None:
        challenge = ChallengeFactory()
        dataset = add_dataset(challenge, "Case-1", "Case-2", "Case-2", "Case-3")
        version = add_version(dataset)
        for slug in ("one", "two"):
            Phase.objects.create(challenge=challenge, slug=slug, title=slug, dataset_version=version)
        for role in (Role.PARTICIPANT, Role.PARTICIPANT, Role.RATER):
            member(challenge, role)
        answer = get(None, challenge.slug)
        counts = {name: answer[f"{name}_count"] for name in ("phase", "case", "participant")}
        assert counts == {"phase": 2, "case": 3, "participant": 2}

    def test_empty_challenge_counts_nothing(self) -> None:
        answer = get(None, ChallengeFactory().slug)
        assert (answer["phase_count"], answer["case_count"], answer["participant_count"]) == (0, 0, 0)

    def test_each_person_is_told_their_role_and_permissions(self) -> None:
        challenge = ChallengeFactory()
        participant = member(challenge, Role.PARTICIPANT)
        told = get(participant, challenge.slug)
        assert told["my_role"] == "participant"
        assert told["my_permissions"] == sorted(GRANTS[Role.PARTICIPANT])
        stranger = get(None, challenge.slug)
        assert (stranger["my_role"], stranger["my_permissions"]) == (None, [Permission.CHALLENGE_VIEW])

    def test_organizers_are_named(self) -> None:
        challenge = ChallengeFactory(created_by__username="ada", created_by__display_name="Ada")
        person = {"id": challenge.created_by.pk, "username": "ada", "name": "Ada"}
        assert get(None, challenge.slug)["organizers"] == [person]

    def test_listing_more_challenges_takes_no_more_queries(self) -> None:
        user = UserFactory()

        def queries() -> int:
            client = as_person(user)
            with CaptureQueriesContext(
                connection,
            ) as captured:
                client.get("/api/v1/challenges/")
            return len(captured)

        MembershipFactory(user=user)
        few = queries()
        MembershipFactory.create_batch(5, user=user)
        assert queries() == few


class TestFounding:
    def test_founder_is_organizer_of_a_draft(self) -> None:
        user = UserFactory()
        response = as_person(user).post("/api/v1/challenges/", {"title": "Gliomas of adults"})
        assert response.status_code == 201
        answer = response.json()
        assert (answer["slug"], answer["visibility"]) == ("gliomas-of-adults", "draft")
        assert answer["my_role"] == "organizer"

    @pytest.mark.parametrize(
        ("title", "slug"),
        [("New", "new-2"), ("脳腫瘍", "challenge"), ("x" * 120, "x" * 56), ("Brats", "brats-2")],
    )
    def test_address_is_made_from_the_title(self, title: str, slug: str) -> None:
        ChallengeFactory(slug="brats")
        response = as_person(UserFactory()).post("/api/v1/challenges/", {"title": title})
        assert response.json()["slug"] == slug

    @pytest.mark.parametrize("slug", ["taken", "new"])
    def test_taken_address_is_refused(self, slug: str) -> None:
        ChallengeFactory(slug="taken")
        response = as_person(UserFactory()).post("/api/v1/challenges/", {"title": "A", "slug": slug})
        assert (response.status_code, response.json()["code"]) == (409, "slug_taken")

    def test_edit_leaves_what_is_not_named(self) -> None:
        challenge = ChallengeFactory(title="Before", summary="stays")
        client = as_person(challenge.created_by)
        answer = client.patch(
            f"/api/v1/challenges/{challenge.slug}/", {"title": "After", "slug": "other"}
        ).json()
        assert (answer["title"], answer["summary"], answer["slug"]) == ("After", "stays", challenge.slug)


class TestJoining:
    def test_joining_makes_a_participant_once(self) -> None:
        challenge, user = ChallengeFactory(), UserFactory()
        for _ in range(2):
            response = as_person(user).post(f"/api/v1/challenges/{challenge.slug}/join/")
            assert response.status_code == 200
            assert response.json()["my_role"] == "participant"
        assert Membership.objects.filter(user=user).count() == 1

    @pytest.mark.parametrize("role", [Role.RATER, Role.ORGANIZER])
    def test_who_makes_the_reference_cannot_join(self, role: Role) -> None:
        challenge = ChallengeFactory()
        response = as_person(member(challenge, role)).post(f"/api/v1/challenges/{challenge.slug}/join/")
        assert (response.status_code, response.json()["code"]) == (409, "already_member")

    def test_former_rater_who_annotated_cannot_join(self) -> None:
        challenge, rater = ChallengeFactory(), UserFactory()
        annotate(rater, add_dataset(challenge, "Case-1"), head=1)
        response = as_person(rater).post(f"/api/v1/challenges/{challenge.slug}/join/")
        assert (response.status_code, response.json()["code"]) == (409, "has_annotated")

    def test_rater_of_the_dataset_that_another_challenge_uses_cannot_join_that_either(self) -> None:
        challenge, rater = ChallengeFactory(), UserFactory()
        dataset = add_dataset(ChallengeFactory(), "Case-1")
        Phase.objects.create(challenge=challenge, slug="p", title="P", dataset_version=add_version(dataset))
        annotate(rater, dataset, head=1)
        response = as_person(rater).post(f"/api/v1/challenges/{challenge.slug}/join/")
        assert response.json()["code"] == "has_annotated"

    def test_former_rater_who_never_drew_may_join(self) -> None:
        challenge, rater = ChallengeFactory(), UserFactory()
        annotate(rater, add_dataset(challenge, "Case-1"), head=0)
        assert as_person(rater).post(f"/api/v1/challenges/{challenge.slug}/join/").status_code == 200


class TestMembers:
    def test_organizer_gives_roles(self) -> None:
        challenge, user = ChallengeFactory(), UserFactory()
        client = as_person(challenge.created_by)
        address = f"/api/v1/challenges/{challenge.slug}/members/"
        made = client.post(address, {"username": user.username, "role": "rater", "alias": "Rater A"})
        assert made.status_code == 201
        assert made.json()["user"]["username"] == user.username
        listed = {row["user"]["username"]: row["role"] for row in client.get(address).json()["results"]}
        assert listed == {challenge.created_by.username: "organizer", user.username: "rater"}

    def test_person_has_one_role(self) -> None:
        challenge = ChallengeFactory()
        rater = member(challenge, Role.RATER)
        response = as_person(challenge.created_by).post(
            f"/api/v1/challenges/{challenge.slug}/members/",
            {"username": rater.username, "role": "participant"},
        )
        assert (response.status_code, response.json()["code"]) == (409, "already_member")

    def test_unknown_person_is_named(self) -> None:
        challenge = ChallengeFactory()
        response = as_person(challenge.created_by).post(
            f"/api/v1/challenges/{challenge.slug}/members/", {"username": "nobody", "role": "rater"}
        )
        assert response.status_code == 422
        assert "nobody" in response.json()["detail"]

    @pytest.mark.parametrize("method", ["patch", "delete"])
    def test_last_organizer_stays(self, method: str) -> None:
        challenge = ChallengeFactory()
        organizer = challenge.memberships.get()
        client = as_person(challenge.created_by)
        response = getattr(client, method)(f"/api/v1/members/{organizer.pk}/", {"role": "rater"})
        assert (response.status_code, response.json()["code"]) == (409, "last_organizer")
        second = MembershipFactory(challenge=challenge, role=Role.ORGANIZER)
        assert (
            getattr(client, method)(f"/api/v1/members/{organizer.pk}/", {"role": "rater"}).status_code < 300
        )
        assert challenge.memberships.get(role=Role.ORGANIZER) == second

    def test_rater_who_annotated_does_not_become_participant(self) -> None:
        challenge = ChallengeFactory()
        rater = member(challenge, Role.RATER)
        annotate(rater, add_dataset(challenge, "Case-1"), head=1)
        membership = rater.memberships.get()
        client = as_person(challenge.created_by)
        response = client.patch(f"/api/v1/members/{membership.pk}/", {"role": "participant"})
        assert (response.status_code, response.json()["code"]) == (409, "has_annotated")
        assert client.patch(f"/api/v1/members/{membership.pk}/", {"role": "organizer"}).status_code == 200

    def test_alias_is_changed_alone(self) -> None:
        challenge = ChallengeFactory()
        membership = member(challenge, Role.RATER).memberships.get()
        answer = as_person(challenge.created_by).patch(
            f"/api/v1/members/{membership.pk}/", {"alias": "Rater B"}
        )
        assert (answer.json()["alias"], answer.json()["role"]) == ("Rater B", "rater")
