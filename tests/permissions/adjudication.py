"""Adjudications: the organizers' and their experts' (`other_rater`); a rater who is none sees nothing.

`world.adjudicated_case` was fused from two raters of its own, and its adjudication is open; that of
`world.settled_case` is signed.
"""

import uuid
from base64 import b64encode

import numpy as np

from backend.adjudication import services, signing
from backend.numerics.edits import edit_between, encode_edit
from tests.factories.annotations import annotate_case, make_raters
from tests.factories.datasets import import_cases, make_dataset, organizer_of
from tests.jobs import run_due_jobs
from tests.permissions.matrix import Row, World, answers
from tests.phantoms import tumour

READ = {"anonymous": 401, "other_rater": 200, "organizer": 200}
WRITE = {"anonymous": 401, "other_rater": 201, "organizer": 201}
MANAGE = {"anonymous": 401, "other_rater": 403, "organizer": 200}
BELOW = "/api/v1/adjudications/{adjudication.id}/"

ROWS = [
    Row("GET", "/api/v1/adjudications/", answers(200, anonymous=401)),
    Row("GET", "/api/v1/cases/{adjudicated_case.id}/adjudications/", answers(404, **READ)),
    Row(
        "POST",
        "/api/v1/cases/{settled_case.id}/adjudications/",
        answers(403, anonymous=401, organizer=201),
        lambda world: {"experts": [world.rater.username]},
    ),
    Row(
        "POST",
        "/api/v1/cases/{adjudicated_case.id}/what-if/",
        answers(404, **READ),
        lambda world: {"method": "plurality"},
    ),
    Row(
        "GET",
        "/api/v1/cases/{adjudicated_case.id}/what-if/never-asked/labelmap/",
        answers(404, anonymous=401),
    ),
    Row("GET", BELOW, answers(404, **READ)),
    Row("PATCH", BELOW, answers(404, **MANAGE), lambda world: {"experts": []}),
    Row("GET", BELOW + "labelmap/", answers(404, **READ)),
    Row("GET", BELOW + "sources/A/", answers(404, **READ)),
    Row("GET", BELOW + "provenance/", answers(404, **READ)),
    Row("GET", BELOW + "provenance/legend/", answers(404, **READ)),
    Row("GET", BELOW + "edits/", answers(404, **READ)),
    Row("POST", BELOW + "edits/", answers(404, **WRITE), lambda world: {"edits": [painted_voxel()]}),
    Row(
        "POST",
        BELOW + "takes/",
        answers(404, **WRITE),
        lambda world: {"edit_id": str(uuid.uuid4()), "region": 1, "source": "A"},
    ),
    Row("POST", BELOW + "sign/", answers(404, **MANAGE), lambda world: {"head": 0}),
    Row("POST", BELOW + "withdraw/", answers(404, **MANAGE)),
]


def painted_voxel() -> dict[str, object]:
    before = np.asfortranarray(tumour())
    after = before.copy(order="F")
    after[16, 16, 16] = 1
    runs = b64encode(encode_edit(edit_between(before, after))).decode()
    return {"edit_id": str(uuid.uuid4()), "tool": "brush", "label": 1, "runs": runs}


def build(world: World) -> None:
    dataset = make_dataset(world.challenge, raters_required=2)
    version = import_cases(dataset, "Disputed", "Settled")
    world.adjudicated_case, world.settled_case = version.cases.order_by("name")
    for case in (world.adjudicated_case, world.settled_case):
        first, second = make_raters(dataset, 2)
        annotate_case(case, {first: tumour(), second: tumour((17, 16, 16))})
    run_due_jobs()
    organizer = organizer_of(dataset)
    signed = services.open_adjudication(case_id=world.settled_case.pk, user=organizer)
    signing.sign_adjudication(adjudication_id=signed.pk, user=organizer, head=0)
    world.adjudication = services.open_adjudication(
        case_id=world.adjudicated_case.pk, user=organizer, experts=[world.other_rater.username]
    )
    run_due_jobs()
