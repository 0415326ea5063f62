"""Assigned raters, and their work as they do it: through the services."""

import uuid
from collections.abc import Mapping

import numpy as np

from backend.accounts.models import User
from backend.annotations import services, submitting
from backend.annotations.models import Annotation
from backend.challenges.models import Role
from backend.datasets.models import Case, Dataset
from tests.factories.challenges import member
from tests.factories.datasets import organizer_of
from tests.phantoms import nifti_bytes


def make_raters(dataset: Dataset, count: int) -> list[User]:
    return [member(dataset.challenge, Role.RATER) for _ in range(count)]


def assign(dataset: Dataset, *raters: User) -> list[Annotation]:
    """Every case of the latest version to every rater; the annotations by case name, then rater."""
    made = services.assign_cases(
        dataset_id=dataset.pk, user=organizer_of(dataset), rater_ids=[rater.pk for rater in raters]
    )
    return [assignment.annotation for assignment in made]


def upload(annotation: Annotation, labels: np.ndarray | bytes, *, base: int | None = None) -> services.Saved:
    """A further revision by the annotation's rater."""
    data = labels if isinstance(labels, bytes) else nifti_bytes(labels)
    annotation.refresh_from_db()
    return services.upload_revision(
        annotation_id=annotation.pk,
        user=annotation.assignment.rater,
        base=annotation.head if base is None else base,
        edit_id=uuid.uuid4(),
        data=data,
        filename="mine.nii.gz",
    )


def annotate(annotation: Annotation, labels: np.ndarray | bytes) -> Annotation:
    """Upload and submit, an empty labelmap too."""
    saved = upload(annotation, labels)
    return submitting.submit_annotation(
        annotation_id=annotation.pk,
        user=annotation.assignment.rater,
        base=saved.revision.number,
        confirms_empty=True,
    )


def annotate_case(case: Case, work: Mapping[User, np.ndarray]) -> list[Annotation]:
    """Each rater, assigned to all cases, submits their labels of this one."""
    assign(case.dataset, *work)
    annotations = {
        annotation.assignment.rater: annotation
        for annotation in Annotation.objects.filter(assignment__case=case).select_related("assignment__rater")
    }
    return [annotate(annotations[rater], labels) for rater, labels in work.items()]
