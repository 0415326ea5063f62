"""Who may listen to which topic: one row per kind and visibility, every role."""

import uuid
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser

from backend.algorithms.models import Run, Training
from backend.challenges.models import Challenge, Role
from backend.challenges.permissions import Person
from backend.common.errors import DomainError
from backend.datasets.models import Dataset, DatasetVersion, LabelScheme
from backend.events.types import EVENTS
from backend.live.topics import TOPICS, BadTopic, require_listener
from backend.phases.models import Phase
from backend.submissions.models import Submission
from tests.factories.accounts import UserFactory
from tests.factories.algorithms import make_model
from tests.factories.challenges import ChallengeFactory, member
from tests.live.open_rooms import open_room

pytestmark = pytest.mark.django_db

EVERYONE = {"anonymous", "outsider", "participant", "author", "rater", "expert", "organizer"}


@pytest.fixture
def world() -> SimpleNamespace:
    challenge = ChallengeFactory()
    scheme = LabelScheme.objects.create(slug="two", name="Two", labels=[], regions=[])
    dataset = Dataset.objects.create(challenge=challenge, name="Cases", scheme=scheme, sequences=[])
    version = DatasetVersion.objects.create(
        dataset=dataset, number=1, digest="0" * 64, created_by=challenge.created_by
    )
    phase = Phase.objects.create(challenge=challenge, slug="p", title="P", dataset_version=version)
    people: dict[str, Person] = {
        "anonymous": AnonymousUser(),
        "outsider": UserFactory(),
        "participant": member(challenge, Role.PARTICIPANT),
        "author": member(challenge, Role.PARTICIPANT),
        "rater": member(challenge, Role.RATER),
        "expert": member(challenge, Role.RATER),
        "organizer": challenge.created_by,
    }
    submission = Submission.objects.create(
        phase=phase, participant=people["author"], method_name="M", archive_name="m.zip"
    )
    model = make_model(challenge, people["author"])  # type: ignore[arg-type]  # a user, not anonymous
    return SimpleNamespace(
        model=model,
        run=Run.objects.create(
            version=model,
            purpose=Run.Purpose.TRIAL,
            phase=phase,
            dataset_version=version,
            requested_by=people["author"],
        ),
        training=Training.objects.create(
            algorithm=model.algorithm,
            dataset_version=version,
            config={"architecture": "unet3d"},
            budget_s=60,
            requested_by=challenge.created_by,
        ),
        challenge=challenge,
        dataset=dataset,
        phase=phase,
        submission=submission,
        adjudication=open_room(challenge, people["expert"]),  # type: ignore[arg-type]  # a user, not anonymous
        people=people,
        rater=people["rater"],
    )


def listeners(world: SimpleNamespace, topic: str) -> set[str]:
    return {name for name, person in world.people.items() if may_listen(person, topic)}


def may_listen(person: Person, topic: str) -> bool:
    try:
        require_listener(person, topic)
    except DomainError:
        return False
    return True


@pytest.mark.parametrize(
    ("topic", "allowed"),
    [
        ("challenge:{challenge.pk}", EVERYONE),
        ("phase:{phase.pk}", EVERYONE),
        ("board:{phase.pk}", EVERYONE),
        ("dataset:{dataset.pk}", {"organizer"}),
        ("rater:{rater.pk}", {"rater"}),
        ("submission:{submission.pk}", {"author", "organizer"}),
        ("submissions:{phase.pk}", {"organizer"}),
        ("adjudication:{adjudication.pk}", {"expert", "organizer"}),
        ("algorithm:{model.algorithm_id}", {"author", "organizer"}),
        ("run:{run.pk}", {"author", "organizer"}),
        ("training:{training.pk}", {"organizer"}),
        ("models:{challenge.pk}", {"organizer"}),
    ],
)
def test_topic_of_a_public_challenge_has_its_listeners(
    world: SimpleNamespace, topic: str, allowed: set[str]
) -> None:
    assert listeners(world, topic.format(**vars(world))) == allowed


@pytest.mark.parametrize("visibility", [Phase.ScoreVisibility.OWN, Phase.ScoreVisibility.HIDDEN])
def test_board_that_is_not_public_is_the_organizers(world: SimpleNamespace, visibility: str) -> None:
    Phase.objects.update(score_visibility=visibility)
    assert listeners(world, f"board:{world.phase.pk}") == {"organizer"}


def test_draft_is_its_members(world: SimpleNamespace) -> None:
    Challenge.objects.update(visibility=Challenge.Visibility.DRAFT)
    members = EVERYONE - {"anonymous", "outsider"}
    for topic in ("challenge:{challenge.pk}", "phase:{phase.pk}", "board:{phase.pk}"):
        assert listeners(world, topic.format(**vars(world))) == members


@pytest.mark.parametrize("kind", TOPICS)
def test_unknown_id_has_no_listeners(world: SimpleNamespace, kind: str) -> None:
    key = "0" if kind == "rater" else str(uuid.uuid4())
    assert listeners(world, f"{kind}:{key}") == set()


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "challenge",
        "challenge:",
        "weather:1",
        "phase:1",
        "rater:me",
        "rater:007",
        "phase:00000000000040008000000000000001",  # the hexadecimal form without hyphens
    ],
)
def test_what_is_no_topic_is_refused_as_such(topic: str) -> None:
    with pytest.raises(BadTopic):
        require_listener(AnonymousUser(), topic)


def test_every_topic_that_events_tell_can_be_listened_to() -> None:
    for event in EVENTS:
        for topic in event(**{field: uuid.uuid4() for field in event.__slots__}).topics():
            assert topic.partition(":")[0] in TOPICS, event
