"""Who am I, my tokens, signing up and in."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from backend.accounts import services
from backend.accounts.authentication import NOTE_USE_EVERY
from backend.accounts.models import ApiToken, User
from backend.challenges.models import Role
from tests.factories.accounts import PASSWORD, ApiTokenFactory, UserFactory
from tests.factories.challenges import ChallengeFactory, MembershipFactory

SECRET = "csl_" + "s" * 43

pytestmark = pytest.mark.django_db


def program(secret: str = SECRET) -> APIClient:
    return APIClient(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"})


def signed_in(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


class TestMe:
    def test_stranger_is_nobody_and_gets_a_csrf_cookie(self) -> None:
        response = APIClient().get("/api/v1/me/")
        assert response.json() == {"user": None, "memberships": []}
        assert response.cookies["csrftoken"].value

    def test_person_sees_themselves_and_their_roles(self) -> None:
        user = UserFactory(username="ada", display_name="Ada L.")
        challenge = ChallengeFactory(title="Gliomas")
        MembershipFactory(challenge=challenge, user=user, role=Role.RATER)
        answer = signed_in(user).get("/api/v1/me/").json()
        assert answer["user"] == {
            "id": user.pk,
            "username": "ada",
            "name": "Ada L.",
            "email": "ada@example.org",
            "display_name": "Ada L.",
            "affiliation": "",
        }
        shown = {"id": str(challenge.pk), "slug": challenge.slug, "title": "Gliomas"}
        assert answer["memberships"] == [{"challenge": shown, "role": "rater"}]

    def test_profile_is_changed_field_by_field(self) -> None:
        client = signed_in(UserFactory(username="ada", display_name="Ada"))
        client.patch("/api/v1/me/", {"affiliation": "Analytical Society"})
        user = client.patch("/api/v1/me/", {"display_name": ""}).json()["user"]
        assert (user["name"], user["affiliation"]) == ("ada", "Analytical Society")

    def test_session_writes_need_the_csrf_token(self) -> None:
        client = APIClient(enforce_csrf_checks=True)
        client.force_login(UserFactory())
        assert client.patch("/api/v1/me/", {"affiliation": "x"}).status_code == 403
        token = client.get("/api/v1/me/").cookies["csrftoken"].value
        answer = client.patch("/api/v1/me/", {"affiliation": "x"}, headers={"X-CSRFToken": token})
        assert answer.status_code == 200


class TestTokens:
    def test_token_is_told_once_and_works(self) -> None:
        user = UserFactory()
        made = signed_in(user).post("/api/v1/tokens/", {"name": "laptop"})
        assert made.status_code == 201
        secret = made.json()["token"]
        assert secret.startswith(made.json()["hint"])
        assert not ApiToken.objects.filter(digest=secret).exists()
        client = program(secret)
        assert client.get("/api/v1/me/").json()["user"]["id"] == user.pk
        (listed,) = client.get("/api/v1/tokens/").json()["results"]
        assert "token" not in listed
        assert "digest" not in listed

    def test_program_needs_no_csrf_token(self) -> None:
        ApiTokenFactory(secret=SECRET)
        assert program().patch("/api/v1/me/", {"affiliation": "x"}).status_code == 200

    @pytest.mark.parametrize("header", ["Bearer", "Bearer csl_wrong", "Bearer csl_a b", "bearer münchen"])
    def test_unknown_token_is_refused_even_where_strangers_are_not(self, header: str) -> None:
        response = APIClient().get("/api/v1/me/", HTTP_AUTHORIZATION=header)
        assert response.status_code == 401
        assert response["WWW-Authenticate"] == "Bearer"

    def test_expired_token_is_refused(self) -> None:
        ApiTokenFactory(secret=SECRET, name="old", expires_at=timezone.now() - timedelta(seconds=1))
        response = program().get("/api/v1/me/")
        assert response.status_code == 401
        assert "old has expired" in response.json()["detail"]

    def test_closed_accounts_token_is_refused(self) -> None:
        ApiTokenFactory(secret=SECRET, user=UserFactory(is_active=False))
        assert program().get("/api/v1/me/").status_code == 401

    def test_deleted_token_is_refused(self) -> None:
        token = ApiTokenFactory(secret=SECRET)
        assert program().delete(f"/api/v1/tokens/{token.pk}/").status_code == 204
        assert program().get("/api/v1/me/").status_code == 401

    def test_use_is_noted_every_few_minutes(self) -> None:
        token = ApiTokenFactory(secret=SECRET)
        program().get("/api/v1/me/")
        token.refresh_from_db()
        first = token.last_used_at
        program().get("/api/v1/me/")
        token.refresh_from_db()
        assert token.last_used_at == first
        ApiToken.objects.update(last_used_at=timezone.now() - NOTE_USE_EVERY - timedelta(seconds=1))
        program().get("/api/v1/me/")
        token.refresh_from_db()
        assert token.last_used_at > first

    def test_name_is_used_once_per_person(self) -> None:
        token = ApiTokenFactory(name="laptop")
        again = signed_in(token.user).post("/api/v1/tokens/", {"name": "laptop"})
        assert (again.status_code, again.json()["code"]) == (409, "token_name_taken")
        assert signed_in(UserFactory()).post("/api/v1/tokens/", {"name": "laptop"}).status_code == 201

    def test_expiry_in_the_past_is_refused(self) -> None:
        wanted = {"name": "laptop", "expires_at": "2020-01-01T00:00:00Z"}
        response = signed_in(UserFactory()).post("/api/v1/tokens/", wanted)
        assert (response.status_code, response.json()["code"]) == (422, "token_expiry_past")

    def test_number_of_tokens_is_limited(self) -> None:
        user = UserFactory()
        ApiTokenFactory.create_batch(services.MOST_TOKENS, user=user)
        response = signed_in(user).post("/api/v1/tokens/", {"name": "one more"})
        assert (response.status_code, response.json()["code"]) == (429, "too_many_tokens")


ACCOUNT = {"username": "grace", "email": "grace@example.org", "password": PASSWORD}


def sign_up(**changed: str):  # type: ignore[no-untyped-def]
    client = Client()
    body = ACCOUNT | changed
    return client, client.post("/_allauth/browser/v1/auth/signup", body, content_type="application/json")


class TestAllauth:
    def test_signing_up_signs_in(self) -> None:
        client, response = sign_up(display_name="Grace H.")
        assert response.status_code == 200
        assert client.get("/api/v1/me/").json()["user"]["name"] == "Grace H."

    def test_display_name_is_optional(self) -> None:
        client, _ = sign_up()
        assert client.get("/api/v1/me/").json()["user"]["name"] == "grace"

    @pytest.mark.parametrize(
        ("changed", "param"),
        [
            ({"username": "Taken"}, "username"),
            ({"email": "TAKEN@example.org"}, "email"),
            ({"email": "none"}, "email"),
            ({"password": "12345678"}, "password"),
        ],
    )
    def test_unusable_account_is_refused_with_its_field(self, changed: dict[str, str], param: str) -> None:
        UserFactory(username="taken")
        _, response = sign_up(**changed)
        assert response.status_code == 400
        assert param in {error["param"] for error in response.json()["errors"]}

    @pytest.mark.parametrize("by", [{"username": "ada"}, {"email": "ada@example.org"}])
    def test_signs_in_by_username_or_email_and_out(self, by: dict[str, str]) -> None:
        user = UserFactory(username="ada")
        client = Client()
        body = by | {"password": PASSWORD}
        response = client.post("/_allauth/browser/v1/auth/login", body, content_type="application/json")
        assert response.status_code == 200
        assert client.get("/api/v1/me/").json()["user"]["id"] == user.pk
        client.delete("/_allauth/browser/v1/auth/session")
        assert client.get("/api/v1/me/").json()["user"] is None

    def test_wrong_password_does_not_sign_in(self) -> None:
        UserFactory(username="ada")
        client = Client()
        body = {"username": "ada", "password": "wrong"}
        response = client.post("/_allauth/browser/v1/auth/login", body, content_type="application/json")
        assert response.status_code == 400
        assert client.get("/api/v1/me/").json()["user"] is None
