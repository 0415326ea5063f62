"""The labelmaps that a person may lay over a case: consensus or reference, annotations, a prediction."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from backend.annotations.models import Annotation, Assignment
from backend.challenges.models import Role
from backend.challenges.permissions import Permission, Person, permissions_of
from backend.consensus.models import ConsensusVersion
from backend.datasets.models import Case, LabelScheme
from backend.datasets.selectors import get_visible_case
from backend.evaluations.rater_names import name_of, rater_names
from backend.phases.models import Phase, PhaseReference
from backend.submissions import selectors as submissions

API = "/api/v1"


@dataclass(frozen=True, slots=True)
class Overlay:
    """A labelmap: `key` is unique within the case, `url` answers .nii.gz on the case's grid."""

    key: str
    kind: Literal["consensus", "reference", "annotation", "prediction"]
    name: str
    url: str
    scheme: LabelScheme


def overlays_of(*, case_id: UUID, viewer: Person, submission_id: UUID | None = None) -> list[Overlay]:
    """What this person may see of the case; with a submission, its prediction too.

    Raises:
        NotFound: the case or the submission is not to be seen.
    """
    case = get_visible_case(viewer, case_id)
    granted = permissions_of(viewer, case.dataset.challenge)
    overlays = []
    if Permission.CONSENSUS_VIEW in granted:
        overlays += _consensus(case)
    else:
        overlays += _shared_reference(case, viewer)
    if Permission.ANNOTATION_MANAGE in granted:
        overlays += _submitted_annotations(case)
    if submission_id is not None:
        overlays += _prediction(case, viewer, submission_id)
    return overlays


def _consensus(case: Case) -> list[Overlay]:
    head = case.consensus_versions.order_by("-number").first()
    return [_of_consensus(case, head, "consensus", "Consensus")] if head else []


def _shared_reference(case: Case, viewer: Person) -> list[Overlay]:
    if not viewer.is_authenticated:
        return []
    shared = Phase.objects.filter(
        reference_shared=True,
        dataset_version__cases=case,
        challenge__memberships__user=viewer,
        challenge__memberships__role=Role.PARTICIPANT,
    )
    current = (
        PhaseReference.objects.filter(phase__in=shared).order_by("phase_id", "-number").distinct("phase_id")
    )
    versions = case.consensus_versions.filter(pk__in=current.values_list("consensus_versions", flat=True))
    found = versions.order_by("-number").first()
    return [_of_consensus(case, found, "reference", "Reference")] if found else []


def _of_consensus(
    case: Case, version: ConsensusVersion, kind: Literal["consensus", "reference"], word: str
) -> Overlay:
    return Overlay(
        key=kind,
        kind=kind,
        name=f"{word} {version.number} ({version.method})",
        url=f"{API}/consensus/{version.pk}/labelmap/",
        scheme=case.dataset.scheme,
    )


def _submitted_annotations(case: Case) -> list[Overlay]:
    names = rater_names(case.dataset)
    submitted = Annotation.objects.filter(
        assignment__case=case, assignment__round=Assignment.FIRST, status=Annotation.Status.SUBMITTED
    ).select_related("assignment")
    return sorted(
        (
            _of_annotation(
                case,
                annotation,
                annotation.submitted_revision or annotation.head,
                name_of(annotation.assignment.rater_id, names),
            )
            for annotation in submitted
        ),
        key=lambda overlay: overlay.name,
    )


def _of_annotation(case: Case, annotation: Annotation, revision: int, name: str) -> Overlay:
    return Overlay(
        key=f"annotation:{annotation.pk}",
        kind="annotation",
        name=name,
        url=f"{API}/annotations/{annotation.pk}/labelmap/?revision={revision}&unsure=drop",
        scheme=case.dataset.scheme,
    )


def _prediction(case: Case, viewer: Person, submission_id: UUID) -> list[Overlay]:
    submission = submissions.get_submission(submission_id=submission_id, viewer=viewer)
    if not submission.predictions.filter(case=case).exists():
        return []
    return [
        Overlay(
            key=f"prediction:{submission.pk}",
            kind="prediction",
            name=submission.method_name,
            url=f"{API}/submissions/{submission.pk}/predictions/{case.pk}/labelmap/",
            scheme=case.dataset.scheme,
        )
    ]
