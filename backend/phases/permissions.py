"""Who sees the scores of a phase. Every app that shows scores, or tells of them, asks here."""

from enum import StrEnum

from backend.challenges.permissions import Permission, Person, permissions_of
from backend.phases.models import Phase


class ScoreAccess(StrEnum):
    """Whose scores of a phase a person sees."""

    NONE = "none"
    OWN = "own"
    ALL = "all"


def score_access(person: Person, phase: Phase) -> ScoreAccess:
    """Organizers see all scores always; the others as `score_visibility` says, and only what they submitted
    where that is `own`."""
    granted = permissions_of(person, phase.challenge)
    if Permission.SCORES_VIEW_HIDDEN in granted:
        return ScoreAccess.ALL
    if Permission.CHALLENGE_VIEW not in granted or phase.score_visibility == Phase.ScoreVisibility.HIDDEN:
        return ScoreAccess.NONE
    if phase.score_visibility == Phase.ScoreVisibility.PUBLIC:
        return ScoreAccess.ALL
    return ScoreAccess.OWN if Permission.SUBMISSION_CREATE in granted else ScoreAccess.NONE
