"""Submissions that went the way of every submission: an upload, handed in, checked and scored by the jobs."""

from collections.abc import Mapping

import numpy as np

from backend.accounts.models import User
from backend.challenges.models import Role
from backend.numerics.geometry import Grid
from backend.numerics.volumes import write_labelmap_nifti
from backend.phases.models import Phase, PhaseReference
from backend.phases.services import refresh_phase_reference
from backend.submissions import services
from backend.submissions.models import Submission
from backend.uploads.models import Upload
from tests.factories.challenges import member
from tests.factories.phases import make_consensus
from tests.factories.uploads import whole_upload
from tests.shared_data import zip_of


def archive_of(phase: Phase, predictions: Mapping[str, np.ndarray]) -> bytes:
    """A zip of one .nii.gz per case, each on its case's grid."""
    grids = {case.name: Grid.from_json(case.grid) for case in phase.dataset_version.cases.all()}
    return zip_of(
        (f"{name}.nii.gz", write_labelmap_nifti(labels, grid=grids[name]))
        for name, labels in predictions.items()
    )


def hand_in(
    phase: Phase, archive: bytes, *, participant: User | None = None, method: str = "Method"
) -> Submission:
    """Received, nothing more; by a new participant where none is named."""
    participant = participant or member(phase.challenge, Role.PARTICIPANT)
    upload = whole_upload(
        owner=participant, data=archive, filename="predictions.zip", purpose=Upload.Purpose.SUBMISSION
    )
    return services.create_submission(
        participant=participant, phase_id=phase.pk, upload_id=upload.pk, method_name=method
    )


def submit(
    phase: Phase,
    predictions: Mapping[str, np.ndarray],
    *,
    participant: User | None = None,
    method: str = "Method",
) -> Submission:
    return hand_in(phase, archive_of(phase, predictions), participant=participant, method=method)


def set_reference(phase: Phase, truths: Mapping[str, np.ndarray]) -> PhaseReference:
    """A new consensus of these cases, and the phase's reference with it; nothing is scored yet."""
    for case in phase.dataset_version.cases.filter(name__in=truths):
        make_consensus(case, truths[case.name])
    reference = refresh_phase_reference(phase_id=phase.pk)
    assert reference is not None
    return reference
