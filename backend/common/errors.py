"""Errors that a person caused or can mend.

DomainError
├── NotAllowed      the person's roles do not permit it
├── NotFound        it does not exist, or must not be seen by this person
├── Invalid         the input cannot be accepted as it is
│   └── TooLarge    it is larger than is ever accepted
├── Conflict        the state has moved on, or forbids the step
│   └── Outdated    the client's base revision is no longer the head
└── LimitReached    a quota or a cap is used up

Each has a stable `code` (for programs) and a sentence (for people) that says what to do. `problems.py` turns
them into HTTP answers; nothing here knows HTTP.
"""

from typing import ClassVar


class DomainError(Exception):
    """An error with a stable code and a sentence; `details` is JSON for programs."""

    code: ClassVar[str] = "error"

    def __init__(self, sentence: str, *, code: str | None = None, details: object = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.reason_code = code or self.code
        self.details = details


class NotAllowed(DomainError):
    code = "not_allowed"


class NotFound(DomainError):
    code = "not_found"


class Invalid(DomainError):
    code = "invalid"


class TooLarge(Invalid):
    code = "too_large"


class Conflict(DomainError):
    code = "conflict"


class Outdated(Conflict):
    code = "outdated"


class LimitReached(DomainError):
    code = "limit_reached"
