"""Guessing a password is stopped, whichever name is typed."""

import pytest
from django.test import Client

from backend.accounts.models import User

LOGIN = "/_allauth/browser/v1/auth/login"
PASSWORD = "a long enough passphrase"


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_user("ann", "ann@example.org", PASSWORD)


def attempt(client: Client, *, password: str, **name: str) -> int:
    answer = client.post(LOGIN, {**name, "password": password}, content_type="application/json")
    return answer.status_code


@pytest.mark.usefixtures("ann")
def test_name_and_address_both_log_in(client: Client) -> None:
    assert attempt(client, username="ann", password=PASSWORD) == 200
    assert attempt(Client(), email="ann@example.org", password=PASSWORD) == 200


@pytest.mark.usefixtures("ann")
def test_ten_failures_lock_the_account_by_name_and_by_address(client: Client) -> None:
    for _ in range(5):
        assert attempt(client, username="ann", password="wrong") == 400
    for _ in range(4):
        assert attempt(client, email="Ann@Example.org", password="wrong") == 400
    assert attempt(client, username="ann", password="wrong") == 429
    assert attempt(client, username="ann", password=PASSWORD) == 429
    answer = client.post(
        LOGIN, {"email": "ann@example.org", "password": PASSWORD}, content_type="application/json"
    )
    assert answer.status_code == 429
    assert answer["Content-Type"] == "application/problem+json"
    assert "Wait 15 minutes" in answer.json()["detail"]


@pytest.mark.usefixtures("ann")
def test_a_success_forgets_the_failures(client: Client) -> None:
    for _ in range(9):
        attempt(client, username="ann", password="wrong")
    assert attempt(client, username="ann", password=PASSWORD) == 200
    for _ in range(9):
        assert attempt(Client(), username="ann", password="wrong") == 400
