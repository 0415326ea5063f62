"""What the rules of membership forbid."""

from backend.common.errors import Conflict, Invalid


class SlugTaken(Conflict):
    code = "slug_taken"


class UnknownPerson(Invalid):
    code = "unknown_person"


class AlreadyMember(Conflict):
    code = "already_member"


class LastOrganizer(Conflict):
    code = "last_organizer"


class HasAnnotated(Conflict):
    """Who annotated a reference knows it, and cannot compete against it."""

    code = "has_annotated"
