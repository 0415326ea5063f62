"""Who may listen to what: one check per kind of topic (`events.types` lists the topics)."""

from collections.abc import Callable
from uuid import UUID

from backend.adjudication.selectors import get_adjudication
from backend.algorithms import selectors as algorithms
from backend.challenges.models import Challenge
from backend.challenges.permissions import Permission, Person, require
from backend.common.errors import DomainError, NotAllowed, NotFound
from backend.datasets.models import Dataset
from backend.phases.models import Phase
from backend.submissions.models import Submission

Check = Callable[[Person, str], None]
# Whoever listens to one of these is seen by the others who do (`live.consumers`).
ROOMS = frozenset({"adjudication"})
NOTHING_HERE = "There is nothing here, or it is not yours to see."


class BadTopic(DomainError):
    """It names no kind of topic, or no id."""

    code = "bad_topic"


def require_listener(person: Person, topic: str) -> None:
    """
    Raises:
        BadTopic: there is no such topic.
        NotFound, NotAllowed: the person may not listen to it.
    """
    kind, _, key = topic.partition(":")
    if kind not in TOPICS:
        raise BadTopic(f"There is no topic {topic}: write one of {', '.join(TOPICS)}, a colon and an id.")
    try:
        TOPICS[kind](person, key)
    except ValueError:  # of UUID and int
        raise BadTopic(f"{key} is not an id of {kind}.") from None


def is_room(topic: str) -> bool:
    return topic.partition(":")[0] in ROOMS


def _id(key: str) -> UUID:
    """Only the one spelling that events use, as it becomes the group's name."""
    found = UUID(key)
    if str(found) != key:
        raise ValueError(key)
    return found


def _challenge(person: Person, key: str) -> None:
    challenge = Challenge.objects.filter(pk=_id(key)).first()
    if challenge is None:
        raise NotFound(NOTHING_HERE)
    require(person, Permission.CHALLENGE_VIEW, challenge)


def _dataset(person: Person, key: str) -> None:
    dataset = Dataset.objects.select_related("challenge").filter(pk=_id(key)).first()
    if dataset is None:
        raise NotFound(NOTHING_HERE)
    require(person, Permission.DATASET_VIEW, dataset.challenge)


def _rater(person: Person, key: str) -> None:
    if str(int(key)) != key:
        raise ValueError(key)
    if str(person.pk) != key:
        raise NotAllowed("Only the rater listens to their own assignments.")


def _phase_of(key: str) -> Phase:
    phase = Phase.objects.select_related("challenge").filter(pk=_id(key)).first()
    if phase is None:
        raise NotFound(NOTHING_HERE)
    return phase


def _phase(person: Person, key: str) -> None:
    require(person, Permission.CHALLENGE_VIEW, _phase_of(key).challenge)


def _board(person: Person, key: str) -> None:
    """That a board has changed is already news where scores are hidden, or each one's own."""
    phase = _phase_of(key)
    public = phase.score_visibility == Phase.ScoreVisibility.PUBLIC
    needed = Permission.CHALLENGE_VIEW if public else Permission.SCORES_VIEW_HIDDEN
    require(person, needed, phase.challenge)


def _submission(person: Person, key: str) -> None:
    submission = Submission.objects.select_related("phase__challenge").filter(pk=_id(key)).first()
    if submission is None:
        raise NotFound(NOTHING_HERE)
    if submission.participant_id != person.pk:
        require(person, Permission.SUBMISSION_VIEW_ALL, submission.phase.challenge)


def _submissions(person: Person, key: str) -> None:
    require(person, Permission.SUBMISSION_VIEW_ALL, _phase_of(key).challenge)


def _adjudication(person: Person, key: str) -> None:
    """Nobody but organizers and its experts learns that it is there: raters are blind."""
    get_adjudication(person, _id(key))


def _algorithm(person: Person, key: str) -> None:
    algorithm = algorithms.get_algorithm(algorithm_id=_id(key), viewer=person)
    if algorithm.owner_id != person.pk:
        require(person, Permission.MODEL_RUN, algorithm.challenge)


def _run(person: Person, key: str) -> None:
    algorithms.get_run(run_id=_id(key), viewer=person)


def _training(person: Person, key: str) -> None:
    algorithms.get_training(training_id=_id(key), viewer=person)


def _models(person: Person, key: str) -> None:
    challenge = Challenge.objects.filter(pk=_id(key)).first()
    if challenge is None:
        raise NotFound(NOTHING_HERE)
    require(person, Permission.MODEL_RUN, challenge)


TOPICS: dict[str, Check] = {
    "challenge": _challenge,
    "dataset": _dataset,
    "rater": _rater,
    "phase": _phase,
    "board": _board,
    "submission": _submission,
    "submissions": _submissions,
    "adjudication": _adjudication,
    "algorithm": _algorithm,
    "run": _run,
    "training": _training,
    "models": _models,
}
