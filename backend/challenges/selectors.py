"""Reading challenges and their members. Counts of what higher apps own go through the ORM's related names."""

from uuid import UUID

from django.db.models import CharField, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from backend.accounts.models import User
from backend.challenges.models import Challenge, Membership, Role
from backend.challenges.permissions import Person
from backend.common.errors import NotFound


def visible_to(person: Person) -> QuerySet[Challenge]:
    """Public challenges and those of which the person is a member; all for a superuser."""
    if person.is_authenticated and person.is_superuser:
        return Challenge.objects.all()
    seen = Q(visibility=Challenge.Visibility.PUBLIC)
    if person.is_authenticated:
        seen |= Q(Exists(Membership.objects.filter(challenge=OuterRef("pk"), user_id=person.pk)))
    return Challenge.objects.filter(seen)


def list_challenges(person: Person) -> QuerySet[Challenge]:
    """With the person's role, the organizers, and how many phases, cases and participants there are.

    Two case rows of one name in one dataset count once: the one replaced the other.
    """
    named_in_dataset = Concat(
        Cast("datasets__cases__dataset_id", CharField()),
        Value("/"),
        F("datasets__cases__name"),
        output_field=CharField(),
    )
    participants = Q(memberships__role=Role.PARTICIPANT)
    return (
        visible_to(person)
        .annotate(
            my_membership_role=Subquery(
                Membership.objects.filter(challenge=OuterRef("pk"), user=person.pk).values("role")[:1]
            ),
            phase_count=_count(Count("phases")),
            case_count=_count(
                Count(named_in_dataset, distinct=True, filter=Q(datasets__cases__isnull=False))
            ),
            participant_count=_count(Count("memberships", filter=participants)),
        )
        .prefetch_related(
            Prefetch(
                "memberships",
                Membership.objects.filter(role=Role.ORGANIZER).select_related("user").order_by("created_at"),
                to_attr="organizer_memberships",
            )
        )
    )


def _count(count: Count) -> Coalesce:
    """Counted apart, so that one join does not multiply another's rows."""
    alone = Challenge.objects.order_by().filter(pk=OuterRef("pk")).annotate(counted=count)
    return Coalesce(Subquery(alone.values("counted")), Value(0))


def get_challenge(person: Person, slug: str) -> Challenge:
    """
    Raises:
        NotFound: there is none, or the person may not see it.
    """
    challenge = visible_to(person).filter(slug=slug).first()
    if challenge is None:
        raise NotFound("There is no such challenge, or it is not yours to see.")
    return challenge


def describe_challenge(person: Person, slug: str) -> Challenge:
    """As `get_challenge`, with everything that `list_challenges` adds."""
    challenge = list_challenges(person).filter(slug=slug).first()
    if challenge is None:
        raise NotFound("There is no such challenge, or it is not yours to see.")
    return challenge


def list_members(challenge: Challenge) -> QuerySet[Membership]:
    return challenge.memberships.select_related("user").order_by("role", "user__username")


def get_membership(person: Person, membership_id: UUID) -> Membership:
    """
    Raises:
        NotFound: there is none, or the person may not see its challenge.
    """
    memberships = Membership.objects.select_related("user", "challenge")
    membership = memberships.filter(pk=membership_id, challenge__in=visible_to(person)).first()
    if membership is None:
        raise NotFound("There is no such member.")
    return membership


def has_annotated(user: User, challenge: Challenge) -> bool:
    """Whether the person drew any labelmap that a reference of this challenge may be fused from."""
    ours = Q(case__dataset__challenge=challenge) | Q(case__versions__phases__challenge=challenge)
    return user.assignments.filter(ours, annotation__head__gt=0).exists()
