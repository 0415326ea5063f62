"""The demo challenge, built by the services and workers that people use, never by writing results.

Every step looks first whether it was done, so an interrupted seeding goes on where it stopped, and a
finished one returns at once.
"""

import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils import timezone

from backend.accounts.models import User
from backend.adjudication import services as adjudications
from backend.adjudication.models import Adjudication
from backend.algorithms.models import Run
from backend.annotations import services as annotations
from backend.annotations import submitting
from backend.annotations.models import Annotation, Assignment
from backend.challenges import services as challenges
from backend.challenges.models import Challenge, Membership, Role
from backend.consensus.models import ConsensusVersion
from backend.datasets import import_services as imports
from backend.datasets import services as datasets
from backend.datasets.models import Case, Dataset, DatasetImport, DatasetVersion
from backend.demo import board, material, shipped_model, texts
from backend.demo.material import CaseMaterial, Entry
from backend.demo.raters import HABITS
from backend.demo.waiting import Say, wait, wait_for
from backend.phases import services as phases
from backend.phases.models import Phase
from backend.submissions.models import Submission

PASSWORD = "consilium-demo"  # noqa: S105  printed for whoever tries the demo
ORGANIZER = "organizer"
RATERS = tuple(f"rater{number}" for number in range(1, len(HABITS) + 1))
PARTICIPANTS = ("participant", "team-cobalt", "team-delta", "team-ember", "team-fjord")
FUSION = "brats_hierarchical"

People = dict[str, User]


@dataclass(frozen=True)
class Plan:
    """How large the demo is; `tiny` is for tests."""

    cases: int = 12
    open_cases: int = 2
    tiny: bool = False


def seed(plan: Plan, *, say: Say) -> Challenge:
    """Build what is missing of the demo, and wait until its board stands."""
    people = _people()
    challenge = _challenge(people[ORGANIZER])
    if _is_complete(challenge):
        _ask_for_model(challenge, people)
        return challenge
    with material.processes() as pool:
        say(f"making {plan.cases + plan.open_cases} synthetic cases and what {len(RATERS)} raters draw")
        made = _make_material(plan, pool, say)
        scored, waiting = made[: plan.cases], made[plan.cases :]
        _seed_phases(challenge, people, scored, say)
        run = _ask_for_model(challenge, people)
        say(f"asked for a run of {texts.MODEL} on every case; a model worker computes it meanwhile")
        _seed_adjudication(challenge, people)
        _seed_open_cases(challenge, people, waiting, say)
        say(f"training {len(PARTICIPANTS)} simple methods on other phantoms; each predicts every case")
        teams = [people[username] for username in PARTICIPANTS]
        handed_in = board.hand_in(_open_phase(challenge), teams, _predict(plan, pool, scored), say=say)
        board.await_board(_open_phase(challenge), handed_in, run=run, raters=len(RATERS), say=say)
    return challenge


def _is_complete(challenge: Challenge) -> bool:
    scored = Submission.objects.filter(
        phase__challenge=challenge, status=Submission.Status.SCORED, run__isnull=True
    )
    waiting = Dataset.objects.filter(
        challenge=challenge, name=texts.OPEN_DATASET, cases__assignments__isnull=False
    )
    return scored.count() >= len(PARTICIPANTS) and waiting.exists()


def _make_material(plan: Plan, pool: ProcessPoolExecutor, say: Say) -> list[CaseMaterial]:
    pending = [
        pool.submit(material.make_material, index, tiny=plan.tiny)
        for index in range(plan.cases + plan.open_cases)
    ]
    made = []
    for future in pending:
        made.append(future.result())
        say(f"  {made[-1].phantom.name}  {len(made)} of {len(pending)}")
    return made


def _people() -> People:
    names = {ORGANIZER: "Olga Organizer", PARTICIPANTS[0]: "Pat Participant"} | texts.TEAM_NAMES
    names |= dict(zip(RATERS, texts.RATER_NAMES, strict=True))
    return {username: _person(username, name) for username, name in names.items()}


def _person(username: str, name: str) -> User:
    person = User.objects.filter(username=username).first()
    if person is None:
        person = User.objects.create_user(
            username=username, email=f"{username}@example.org", password=PASSWORD, display_name=name
        )
    return person


def _challenge(organizer: User) -> Challenge:
    challenge = Challenge.objects.filter(slug=texts.SLUG).first()
    if challenge is None:
        challenge = challenges.create_challenge(
            founder=organizer,
            slug=texts.SLUG,
            title=texts.TITLE,
            summary=texts.SUMMARY,
            description=texts.DESCRIPTION,
            rules=texts.RULES,
            visibility=Challenge.Visibility.PUBLIC,
            is_synthetic=True,
        )
    for number, username in enumerate(RATERS, start=1):
        if not Membership.objects.filter(challenge=challenge, user__username=username).exists():
            challenges.add_member(
                user=organizer,
                challenge=challenge,
                username=username,
                role=Role.RATER,
                alias=f"Rater {number}",
            )
    for username in PARTICIPANTS:
        challenges.join_challenge(user=_person(username, username), challenge=challenge)
    return challenge


def _seed_phases(challenge: Challenge, people: People, cases: Sequence[CaseMaterial], say: Say) -> None:
    organizer = people[ORGANIZER]
    version = _imported(challenge, organizer, texts.DATASET, cases, say)
    _annotate(version.dataset, people, cases, RATERS, say)
    say("fusing the raters' labelmaps")
    wait(
        lambda: (
            ConsensusVersion.objects.filter(case__versions=version).values("case").distinct().count()
            == len(cases)
        ),
        "the consensus of every case",
    )
    now = timezone.now()
    for position, fields in enumerate(texts.PHASES):
        if not Phase.objects.filter(challenge=challenge, slug=fields["slug"]).exists():
            opens_in_days = fields.get("opens_in_days")
            phases.create_phase(
                actor=organizer,
                challenge=challenge,
                dataset_version_id=version.pk,
                fields={key: value for key, value in fields.items() if key != "opens_in_days"}
                | {
                    "position": position,
                    "opens_at": now + timedelta(days=opens_in_days) if opens_in_days else now,
                    "closes_at": now + timedelta(days=(opens_in_days or 0) + 90),
                },
            )


def _ask_for_model(challenge: Challenge, people: People) -> Run:
    """The model worker computes while all else is made."""
    return shipped_model.ask_for_run(
        organizer=people[ORGANIZER], challenge=challenge, phase=_open_phase(challenge)
    )


def _open_phase(challenge: Challenge) -> Phase:
    return Phase.objects.get(challenge=challenge, slug=texts.PHASES[0]["slug"])


def _seed_adjudication(challenge: Challenge, people: People) -> None:
    """The first case lies open before the organizer and two of the raters who have drawn it."""
    case = Case.objects.filter(dataset__challenge=challenge, dataset__name=texts.DATASET).earliest("name")
    if not Adjudication.objects.filter(case=case).exists():
        adjudications.open_adjudication(case_id=case.pk, user=people[ORGANIZER], experts=RATERS[:2])


def _seed_open_cases(challenge: Challenge, people: People, cases: Sequence[CaseMaterial], say: Say) -> None:
    """A second dataset in mid-work: the first rater has still to draw it."""
    version = _imported(challenge, people[ORGANIZER], texts.OPEN_DATASET, cases, say)
    _annotate(version.dataset, people, cases, RATERS[1:], say)


def _imported(
    challenge: Challenge, organizer: User, name: str, cases: Sequence[CaseMaterial], say: Say
) -> DatasetVersion:
    dataset = Dataset.objects.filter(challenge=challenge, name=name).first()
    if dataset is None:
        dataset = datasets.create_dataset(
            challenge=challenge,
            user=organizer,
            name=name,
            scheme_slug="brats2015",
            description=texts.DATASET_DESCRIPTION,
            licence=texts.LICENCE,
            is_synthetic=True,
            raters_required=len(RATERS),
            fusion_method=FUSION,
        )
    if not dataset.versions.exists():
        say(f"importing “{name}”, {len(cases)} cases")
        _import(dataset, organizer, cases)
    return dataset.versions.latest("number")


def _import(dataset: Dataset, organizer: User, cases: Sequence[CaseMaterial]) -> None:
    with TemporaryDirectory(prefix="consilium-demo-") as folder:
        path = Path(folder) / "phantoms.zip"
        path.write_bytes(material.dataset_archive(cases))
        found = imports.receive_import_file(
            dataset_id=dataset.pk, path=path, archive_name=path.name, user=organizer
        )
    status = DatasetImport.Status
    wait_for(found, {status.INSPECTED}, bad={status.REFUSED, status.FAILED})
    imports.confirm_import(import_id=found.pk, user=organizer, raters={}, require_all=True)
    wait_for(found, {status.STORED}, bad={status.FAILED})


def _annotate(
    dataset: Dataset, people: People, cases: Sequence[CaseMaterial], who: Sequence[str], say: Say
) -> None:
    """Every rater is assigned every case; those of `who` draw and submit."""
    raters = [people[username] for username in RATERS]
    annotations.assign_cases(
        dataset_id=dataset.pk,
        user=people[ORGANIZER],
        rater_ids=[rater.pk for rater in raters],
        due_at=timezone.now() + timedelta(days=14),
    )
    habits = {username: habit.name for username, habit in zip(RATERS, HABITS, strict=True)}
    for done, case in enumerate(cases, start=1):
        for username in who:
            _draw(dataset, case, people[username], case.drawn[habits[username]])
        say(f"  {case.phantom.name}: {len(who)} raters have submitted  {done} of {len(cases)}")


def _draw(dataset: Dataset, case: CaseMaterial, rater: User, labelmap: bytes) -> None:
    assignment = Assignment.objects.select_related("annotation").get(
        case__dataset=dataset, case__name=case.phantom.name, rater=rater
    )
    annotation = assignment.annotation
    if annotation.status == Annotation.Status.SUBMITTED:
        return
    saved = annotations.upload_revision(
        annotation_id=annotation.pk,
        user=rater,
        base=annotation.head,
        edit_id=uuid.uuid4(),
        data=labelmap,
        filename=f"{case.phantom.name}.nii.gz",
    )
    submitting.submit_annotation(annotation_id=annotation.pk, user=rater, base=saved.revision.number)


def _predict(plan: Plan, pool: ProcessPoolExecutor, cases: Sequence[CaseMaterial]) -> Iterator[Entry]:
    phantoms = [case.phantom for case in cases]
    methods = material.train_participants(tiny=plan.tiny)
    pending = [pool.submit(material.make_entry, method, phantoms) for method in methods]
    return (future.result() for future in pending)
