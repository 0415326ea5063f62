"""A phase with what it stands on: cases with a grid, their consensus as blobs, and leave-one-out fusions."""

import hashlib
import uuid
from collections.abc import Mapping

import factory
import numpy as np
from factory.django import DjangoModelFactory

from backend.accounts.models import User
from backend.annotations.models import Annotation, Assignment, Revision
from backend.challenges.models import Challenge, Role
from backend.common import blobs
from backend.consensus.models import ConsensusVersion, LeaveOneOut
from backend.datasets.models import Case, Dataset, DatasetVersion
from backend.datasets.services import scheme_of
from backend.numerics.geometry import Grid
from backend.numerics.metrics import dice_by_region
from backend.numerics.volumes import voxel_digest, write_labelmap_nifti
from backend.phases.models import Phase
from tests.factories.challenges import ChallengeFactory, member
from tests.factories.datasets import ensure_scheme
from tests.phantoms import AFFINE


def make_version(
    challenge: Challenge, truths: Mapping[str, np.ndarray], *, affine: np.ndarray = AFFINE
) -> DatasetVersion:
    """A dataset under BraTS 2017 labels with one case per truth, on the truth's grid and without images."""
    dataset = Dataset.objects.create(
        challenge=challenge,
        name=f"Cases {uuid.uuid4().hex[:8]}",
        scheme=ensure_scheme("brats2017"),
        sequences=[{"key": "flair", "name": "FLAIR"}, {"key": "t1", "name": "T1"}],
    )
    version = DatasetVersion.objects.create(
        dataset=dataset, number=1, digest=uuid.uuid4().hex, created_by=challenge.created_by
    )
    for name, truth in truths.items():
        grid = Grid(shape=truth.shape, affine=affine)  # type: ignore[arg-type]
        case = Case.objects.create(
            dataset=dataset, name=name, digest=hashlib.sha256(name.encode()).hexdigest(), grid=grid.to_json()
        )
        version.cases.add(case)
    return version


def make_consensus(case: Case, labels: np.ndarray) -> ConsensusVersion:
    """The next consensus version of the case."""
    grid = Grid.from_json(case.grid)
    return ConsensusVersion.objects.create(
        case=case,
        number=case.consensus_versions.count() + 1,
        method="majority",
        inputs=[],
        inputs_digest=uuid.uuid4().hex,
        code_version="tests",
        labelmap_digest=store_labels(labels, grid),
        voxel_digest=voxel_digest(labels, grid),
        agreement={
            "pairs": [],
            "mean_pairwise_dice": {},
            "rater_volumes_ml": [],
            "consensus_volumes_ml": {},
            "mean_entropy_bits": None,
        },
    )


def make_left_out(
    consensus: ConsensusVersion, rater: User, *, others: np.ndarray, own: np.ndarray
) -> LeaveOneOut:
    """The rater's labels `own`, submitted, against the fusion `others` of the other raters."""
    case = consensus.case
    grid = Grid.from_json(case.grid)
    return LeaveOneOut.objects.create(
        consensus=consensus,
        rater=rater,
        annotation=submitted_annotation(case, rater, own),
        revision=1,
        labelmap_digest=store_labels(others, grid),
        dice=dice_by_region(others, own, scheme_of(case.dataset.scheme)),
    )


def submitted_annotation(case: Case, rater: User, labels: np.ndarray) -> Annotation:
    grid = Grid.from_json(case.grid)
    organizer = case.dataset.challenge.created_by
    assignment, _ = Assignment.objects.get_or_create(
        case=case, rater=rater, defaults={"assigned_by": organizer}
    )
    annotation, created = Annotation.objects.get_or_create(
        assignment=assignment,
        defaults={"status": Annotation.Status.SUBMITTED, "head": 1, "submitted_revision": 1},
    )
    if created:
        Revision.objects.create(
            annotation=annotation,
            number=1,
            base=0,
            edit_id=uuid.uuid4(),
            kind=Revision.Kind.UPLOAD,
            author=rater,
            snapshot_digest=store_labels(labels, grid),
            voxel_digest=voxel_digest(labels, grid),
        )
    return annotation


def store_labels(labels: np.ndarray, grid: Grid) -> str:
    return blobs.put_bytes(write_labelmap_nifti(labels, grid=grid)).digest


class PhaseFactory(DjangoModelFactory):
    """Open, with public scores and plenty of attempts; pass `truths` for its cases or a `dataset_version`."""

    class Meta:
        model = Phase

    class Params:
        truths = factory.LazyFunction(lambda: {"Tiny-1": np.zeros((4, 4, 4), np.uint8)})

    challenge = factory.SubFactory(ChallengeFactory)
    slug = factory.Sequence(lambda number: f"phase-{number}")
    title = factory.Sequence(lambda number: f"Phase {number}")
    dataset_version = factory.LazyAttribute(lambda phase: make_version(phase.challenge, phase.truths))
    attempts_per_day = 100
    attempts_total = 1000


def make_rater(challenge: Challenge, alias: str = "") -> User:
    rater = member(challenge, Role.RATER)
    rater.memberships.filter(challenge=challenge).update(alias=alias)
    return rater
