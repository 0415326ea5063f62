"""The one table from roles to permissions. Every service asks `require` before it writes."""

from enum import StrEnum

from django.contrib.auth.models import AnonymousUser

from backend.accounts.models import User
from backend.challenges.models import Challenge, Membership, Role
from backend.common.errors import NotAllowed, NotFound

Person = User | AnonymousUser


class Permission(StrEnum):
    CHALLENGE_VIEW = "challenge:view"
    CHALLENGE_EDIT = "challenge:edit"
    MEMBERS_MANAGE = "members:manage"
    DATASET_VIEW = "dataset:view"
    DATASET_EDIT = "dataset:edit"
    ANNOTATION_EDIT = "annotation:edit"
    ANNOTATION_MANAGE = "annotation:manage"
    CONSENSUS_VIEW = "consensus:view"
    CONSENSUS_MANAGE = "consensus:manage"
    ADJUDICATE = "adjudication:manage"
    PHASE_MANAGE = "phase:manage"
    PHASE_DATA = "phase:data"
    SUBMISSION_CREATE = "submission:create"
    SUBMISSION_VIEW_ALL = "submission:view_all"
    SCORES_VIEW_HIDDEN = "scores:view_hidden"
    MODEL_VIEW = "model:view"  # the organizers' models, and one's own
    MODEL_UPLOAD = "model:upload"
    MODEL_RUN = "model:run"  # any model, on anything; and see everybody's
    MODEL_TRAIN = "model:train"


P = Permission

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.ORGANIZER: frozenset(Permission) - {P.ANNOTATION_EDIT, P.SUBMISSION_CREATE},
    Role.RATER: frozenset({P.CHALLENGE_VIEW, P.ANNOTATION_EDIT}),
    Role.PARTICIPANT: frozenset(
        {P.CHALLENGE_VIEW, P.PHASE_DATA, P.SUBMISSION_CREATE, P.MODEL_VIEW, P.MODEL_UPLOAD}
    ),
}
EVERYONE_IN_PUBLIC = frozenset({P.CHALLENGE_VIEW})


def role_of(user: Person, challenge: Challenge) -> Role | None:
    if not user.is_authenticated:
        return None
    membership = Membership.objects.filter(challenge=challenge, user_id=user.pk).only("role").first()
    return Role(membership.role) if membership else None


def permissions_of(user: Person, challenge: Challenge) -> frozenset[Permission]:
    """Everything this person may do in this challenge. A superuser is organizer of every challenge."""
    return permissions_for(user, role_of(user, challenge), challenge)


def permissions_for(user: Person, role: Role | None, challenge: Challenge) -> frozenset[Permission]:
    """The same where the role was already read."""
    if user.is_authenticated and user.is_superuser:
        return GRANTS[Role.ORGANIZER]
    granted = GRANTS[role] if role else frozenset()
    if challenge.visibility == Challenge.Visibility.PUBLIC:
        granted |= EVERYONE_IN_PUBLIC
    return granted


def allows(user: Person, permission: Permission, challenge: Challenge) -> bool:
    return permission in permissions_of(user, challenge)


def require(user: Person, permission: Permission, challenge: Challenge) -> None:
    """
    Raises:
        NotFound: even the challenge is not to be seen.
        NotAllowed: only this step is refused.
    """
    granted = permissions_of(user, challenge)
    if permission in granted:
        return
    if P.CHALLENGE_VIEW not in granted:
        raise NotFound("There is nothing here, or it is not yours to see.")
    raise NotAllowed(
        f"This needs the permission {permission}, which your role in {challenge.title} does not give."
    )
