"""Datasets, their cases and imports are their organizers'; raters see images by their assignments only.

`world.dataset` has two cases, A (`world.case`) and B, in `world.version`, for phases to use.
`world.unshared_case` has an imported reference, lies in no phase, and is assigned to `rater`.
"""

from backend.datasets import import_services
from backend.datasets.models import DatasetImport
from backend.uploads.models import Upload
from tests.factories.datasets import import_cases, inspect, make_dataset, receive, store
from tests.factories.uploads import whole_upload
from tests.permissions.matrix import Row, World, answers
from tests.phantoms import case_files, nifti_bytes, tumour
from tests.shared_data import zip_of

ORGANIZER = {"anonymous": 401, "organizer": 200}

ROWS = [
    Row("GET", "/api/v1/label-schemes/", answers(200)),
    Row("POST", "/api/v1/label-schemes/", answers(201, anonymous=401), lambda world: new_scheme()),
    Row("GET", "/api/v1/challenges/{challenge.slug}/datasets/", answers(403, **ORGANIZER)),
    Row("GET", "/api/v1/challenges/{draft.slug}/datasets/", answers(404, **ORGANIZER, rater=403)),
    Row(
        "POST",
        "/api/v1/challenges/{challenge.slug}/datasets/",
        answers(403, anonymous=401, organizer=201),
        lambda world: {"name": "More cases", "scheme": "brats2017"},
    ),
    Row("GET", "/api/v1/datasets/{dataset.id}/", answers(403, **ORGANIZER)),
    Row(
        "PATCH",
        "/api/v1/datasets/{dataset.id}/",
        answers(403, **ORGANIZER),
        lambda world: {"fusion_method": "plurality"},
    ),
    Row("GET", "/api/v1/datasets/{dataset.id}/versions/", answers(403, **ORGANIZER)),
    Row("GET", "/api/v1/datasets/{dataset.id}/cases/", answers(403, **ORGANIZER)),
    Row("GET", "/api/v1/datasets/{dataset.id}/imports/", answers(403, **ORGANIZER)),
    Row(
        "POST",
        "/api/v1/datasets/{dataset.id}/imports/",
        answers(403, anonymous=401, organizer=201),
        lambda world: {"upload": str(new_upload(world).pk)},
    ),
    Row("GET", "/api/v1/imports/{inspected.id}/", answers(403, **ORGANIZER)),
    Row("POST", "/api/v1/imports/{inspected.id}/confirm/", answers(403, **ORGANIZER), lambda world: {}),
    Row("POST", "/api/v1/imports/{inspected.id}/discard/", answers(403, **ORGANIZER)),
    Row("POST", "/api/v1/imports/{failed.id}/retry/", answers(403, **ORGANIZER)),
    Row("GET", "/api/v1/cases/{unshared_case.id}/", answers(404, **ORGANIZER)),
    Row("GET", "/api/v1/cases/{unshared_case.id}/images/flair/", answers(404, **ORGANIZER)),
    Row("GET", "/api/v1/cases/{unshared_case.id}/thumbnail/", answers(404, **ORGANIZER)),
]


def new_scheme() -> dict[str, object]:
    return {
        "slug": "lesions",
        "name": "Lesions",
        "labels": [{"value": 1, "name": "lesion", "color": "#ffaa00"}],
        "regions": [{"key": "lesion", "name": "Lesions", "labels": [1]}],
    }


def new_upload(world: World) -> Upload:
    return whole_upload(
        owner=world.organizer, data=b"any", filename="cases.zip", purpose=Upload.Purpose.DATASET
    )


def build(world: World) -> None:
    world.dataset = make_dataset(world.challenge, raters_required=1)
    world.version = import_cases(world.dataset, "A", "B")
    world.case = world.version.cases.get(name="A")
    world.unshared_dataset = make_dataset(world.challenge)
    files = [*case_files("C"), ("C/C_seg.nii.gz", nifti_bytes(tumour()))]
    stored = store(inspect(world.unshared_dataset, files))
    world.unshared_case = stored.version.cases.get()
    world.inspected = inspect(world.dataset, case_files("D"))
    assert world.inspected.status == DatasetImport.Status.INSPECTED
    world.failed = receive(world.dataset, zip_of(case_files("E")))
    import_services.give_up_import(
        import_id=world.failed.pk, reason_code="worker_lost", reason="it went quiet"
    )
