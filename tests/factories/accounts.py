"""People and their tokens."""

import factory
from factory.django import DjangoModelFactory

from backend.accounts.models import ApiToken, User, digest_secret, new_secret

PASSWORD = "a long enough passphrase"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda number: f"person-{number}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    display_name = factory.LazyAttribute(lambda user: user.username.replace("-", " ").title())
    password = factory.django.Password(PASSWORD)


class ApiTokenFactory(DjangoModelFactory):
    """`secret` is what the program sends."""

    class Meta:
        model = ApiToken

    class Params:
        secret = factory.LazyFunction(new_secret)

    user = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda number: f"token {number}")
    digest = factory.LazyAttribute(lambda token: digest_secret(token.secret))
    hint = factory.LazyAttribute(lambda token: token.secret[:8])
