"""Founding and editing challenges, joining them, and giving people their one role."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from backend.accounts.models import User
from backend.challenges import selectors
from backend.challenges.errors import AlreadyMember, HasAnnotated, LastOrganizer, SlugTaken, UnknownPerson
from backend.challenges.models import Challenge, Membership, Role
from backend.challenges.permissions import Permission, require

SLUG_CHARACTERS = 60
RESERVED_SLUGS = frozenset({"new"})  # an address of the frontend


def create_challenge(
    *,
    founder: User,
    title: str,
    slug: str = "",
    summary: str = "",
    description: str = "",
    rules: str = "",
    visibility: str = Challenge.Visibility.DRAFT,
    is_synthetic: bool = False,
) -> Challenge:
    """The founder becomes its first organizer. Without a slug, one is made from the title.

    Raises:
        SlugTaken: another challenge has this address.
    """
    chosen = slug or free_slug(title)
    if chosen in RESERVED_SLUGS:
        raise SlugTaken(f"The address “{chosen}” is reserved: choose another.")
    try:
        with transaction.atomic():
            challenge = Challenge.objects.create(
                slug=chosen,
                title=title,
                summary=summary,
                description=description,
                rules=rules,
                visibility=visibility,
                is_synthetic=is_synthetic,
                created_by=founder,
            )
            Membership.objects.create(challenge=challenge, user=founder, role=Role.ORGANIZER)
    except IntegrityError:
        raise SlugTaken(f"Another challenge has the address “{chosen}”: choose another.") from None
    return challenge


def free_slug(title: str) -> str:
    """The title as an address, numbered where another challenge has it."""
    base = slugify(title)[: SLUG_CHARACTERS - 4].strip("-") or "challenge"
    taken = (
        set(Challenge.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED_SLUGS
    )
    candidates = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(slug for slug in candidates if slug not in taken)


def update_challenge(
    *,
    user: User,
    challenge: Challenge,
    title: str | None = None,
    summary: str | None = None,
    description: str | None = None,
    rules: str | None = None,
    visibility: str | None = None,
    is_synthetic: bool | None = None,
) -> Challenge:
    """None leaves a field as it is. The address stays for good: people have linked it."""
    require(user, Permission.CHALLENGE_EDIT, challenge)
    wanted = {
        "title": title,
        "summary": summary,
        "description": description,
        "rules": rules,
        "visibility": visibility,
        "is_synthetic": is_synthetic,
    }
    changed = {name: value for name, value in wanted.items() if value is not None}
    for name, value in changed.items():
        setattr(challenge, name, value)
    if changed:
        challenge.save(update_fields=sorted(changed))
    return challenge


def join_challenge(*, user: User, challenge: Challenge) -> Membership:
    """Become a participant; joining again changes nothing.

    Raises:
        AlreadyMember: the person has another role here.
        HasAnnotated: the person drew what the reference is made of.
    """
    require(user, Permission.CHALLENGE_VIEW, challenge)
    with transaction.atomic():
        membership = Membership.objects.filter(challenge=challenge, user=user).first()
        if membership is None:
            return _add(challenge, user, Role.PARTICIPANT, alias="")
    if membership.role != Role.PARTICIPANT:
        raise AlreadyMember(
            f"You are {membership.role} of {challenge.title}: who makes the reference cannot compete against "
            "it. Ask an organizer to change your role if this is wrong."
        )
    return membership


def add_member(*, user: User, challenge: Challenge, username: str, role: Role, alias: str = "") -> Membership:
    """
    Raises:
        UnknownPerson: nobody has this user name.
        AlreadyMember: the person has a role here; change that one.
        HasAnnotated: a participant who drew what the reference is made of.
    """
    require(user, Permission.MEMBERS_MANAGE, challenge)
    person = User.objects.filter(username__iexact=username, is_active=True).first()
    if person is None:
        raise UnknownPerson(
            f"Nobody here is called {username}: ask for the user name, or let them register first."
        )
    return _add(challenge, person, role, alias=alias)


def change_member(
    *, user: User, membership_id: UUID, role: Role | None = None, alias: str | None = None
) -> Membership:
    """None leaves a field as it is.

    Raises:
        LastOrganizer, HasAnnotated.
    """
    with transaction.atomic():
        membership = _get_for_change(user, membership_id)
        if role is not None and role != membership.role:
            _require_another_organizer(membership)
            if role == Role.PARTICIPANT:
                _require_not_annotated(membership.user, membership.challenge)
            membership.role = role
        if alias is not None:
            membership.alias = alias
        membership.save(update_fields=["role", "alias"])
    return membership


def remove_member(*, user: User, membership_id: UUID) -> None:
    """What the person did here stays.

    Raises:
        LastOrganizer: a challenge needs one.
    """
    with transaction.atomic():
        membership = _get_for_change(user, membership_id)
        _require_another_organizer(membership)
        membership.delete()


def _add(challenge: Challenge, person: User, role: Role, *, alias: str) -> Membership:
    if role == Role.PARTICIPANT:
        _require_not_annotated(person, challenge)
    try:
        with transaction.atomic():
            return Membership.objects.create(challenge=challenge, user=person, role=role, alias=alias)
    except IntegrityError:
        raise AlreadyMember(
            f"{person.shown_name} has a role in {challenge.title} already: change that one."
        ) from None


def _get_for_change(user: User, membership_id: UUID) -> Membership:
    """The membership, with its challenge locked, so that two organizers do not leave at once."""
    found = selectors.get_membership(user, membership_id)
    require(user, Permission.MEMBERS_MANAGE, found.challenge)
    Challenge.objects.select_for_update(no_key=True).get(pk=found.challenge_id)
    return selectors.get_membership(user, membership_id)


def _require_another_organizer(membership: Membership) -> None:
    if membership.role != Role.ORGANIZER:
        return
    others = membership.challenge.memberships.filter(role=Role.ORGANIZER).exclude(pk=membership.pk)
    if not others.exists():
        raise LastOrganizer(
            f"{membership.user.shown_name} is the last organizer of {membership.challenge.title}: "
            "make another person organizer first."
        )


def _require_not_annotated(person: User, challenge: Challenge) -> None:
    if selectors.has_annotated(person, challenge):
        raise HasAnnotated(
            f"{person.shown_name} has annotated cases that {challenge.title} is scored against: "
            "who drew the reference cannot compete against it."
        )
