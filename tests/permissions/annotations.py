"""Annotations: a rater's own, read by the organizers; other raters see nothing of them.

`rater` has a draft of one revision (`world.annotation`, of the unshared case), has submitted
`world.submitted` (of `world.case`), and has not begun `world.fresh_assignment`, for which there is a labelmap
to start from (`world.offered`).
"""

import uuid
from base64 import b64encode

import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile

from backend.annotations import pre_annotating
from backend.annotations.models import Assignment
from backend.numerics.edits import edit_between, encode_edit
from tests.factories.annotations import annotate, assign, upload
from tests.jobs import run_due_jobs
from tests.permissions.matrix import Row, World, answers
from tests.phantoms import nifti_bytes, tumour

READ = {"anonymous": 401, "rater": 200, "organizer": 200}
WRITE = {"anonymous": 401, "rater": 200, "organizer": 403}
CREATE = WRITE | {"rater": 201}
HEAD = {"If-Match": '"1"'}

ROWS = [
    Row("GET", "/api/v1/assignments/", answers(200, anonymous=401)),
    Row("GET", "/api/v1/assignments/{assignment.id}/", answers(404, **READ)),
    Row("GET", "/api/v1/assignments/{assignment.id}/case/", answers(404, **READ)),
    Row("GET", "/api/v1/assignments/{assignment.id}/images/flair/", answers(404, **READ)),
    Row(
        "DELETE",
        "/api/v1/assignments/{fresh_assignment.id}/",
        answers(404, anonymous=401, rater=403, organizer=204),
    ),
    Row(
        "POST",
        "/api/v1/datasets/{dataset.id}/assignments/",
        answers(403, anonymous=401, organizer=201),
        lambda world: {"raters": [world.other_rater.pk]},
    ),
    Row("GET", "/api/v1/annotations/{annotation.id}/", answers(404, **READ)),
    Row("GET", "/api/v1/annotations/{annotation.id}/labelmap/", answers(404, **READ)),
    Row("GET", "/api/v1/annotations/{annotation.id}/revisions/", answers(404, **READ)),
    Row(
        "POST",
        "/api/v1/annotations/{annotation.id}/revisions/",
        answers(404, **CREATE),
        lambda world: {
            "file": SimpleUploadedFile("mine.nii.gz", nifti_bytes(tumour())),
            "edit_id": str(uuid.uuid4()),
        },
        format="multipart",
        headers=HEAD,
    ),
    Row(
        "POST",
        "/api/v1/annotations/{annotation.id}/restore/",
        answers(404, **CREATE),
        lambda world: {"revision": 1, "edit_id": str(uuid.uuid4())},
        headers=HEAD,
    ),
    Row("GET", "/api/v1/annotations/{annotation.id}/edits/", answers(404, **READ)),
    Row(
        "POST",
        "/api/v1/annotations/{annotation.id}/edits/",
        answers(404, **CREATE),
        lambda world: {"edits": [erased_voxel()]},
        headers=HEAD,
    ),
    Row("GET", "/api/v1/annotations/{annotation.id}/findings/", answers(404, **READ)),
    Row(
        "POST",
        "/api/v1/annotations/{offered.id}/pre-annotation/",
        answers(404, anonymous=401, rater=201, organizer=403),
        lambda world: {"edit_id": str(uuid.uuid4())},
        headers={"If-Match": '"0"'},
    ),
    Row("POST", "/api/v1/annotations/{annotation.id}/submit/", answers(404, **WRITE), headers=HEAD),
    Row(
        "POST",
        "/api/v1/annotations/{submitted.id}/reopen/",
        answers(404, anonymous=401, rater=403, organizer=200),
        lambda world: {"reason": "Look again"},
    ),
    Row(
        "POST",
        "/api/v1/cases/{case.id}/pre-annotations/",
        answers(403, anonymous=401, organizer=200),
        lambda world: {
            "file": SimpleUploadedFile("model.nii.gz", nifti_bytes(tumour())),
            "source": "A model",
        },
        format="multipart",
    ),
    Row(
        "DELETE",
        "/api/v1/cases/{case.id}/pre-annotations/",
        answers(403, anonymous=401, organizer=200),
    ),
    Row(
        "POST",
        "/api/v1/datasets/{dataset.id}/rereads/",
        answers(403, anonymous=401, organizer=201),
        lambda world: {"per_rater": 1},
    ),
]


def erased_voxel() -> dict[str, object]:
    before = np.asfortranarray(tumour())
    after = before.copy(order="F")
    after[16, 16, 16] = 0
    runs = b64encode(encode_edit(edit_between(before, after))).decode()
    return {"edit_id": str(uuid.uuid4()), "tool": "eraser", "runs": runs}


def build(world: World) -> None:
    (world.annotation,) = assign(world.unshared_dataset, world.rater)
    world.assignment = world.annotation.assignment
    upload(world.annotation, tumour())
    world.submitted, fresh = assign(world.dataset, world.rater)
    world.fresh_assignment = Assignment.objects.get(pk=fresh.assignment_id)
    world.offered = fresh
    pre_annotating.offer_file(
        case_id=world.fresh_assignment.case_id,
        user=world.organizer,
        data=nifti_bytes(tumour()),
        filename="model.nii.gz",
        source="A model",
    )
    annotate(world.submitted, tumour())
    run_due_jobs()
