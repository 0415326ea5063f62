"""Datasets, and imports that go the way of every import: uploaded, inspected, confirmed, stored."""

import itertools
from collections.abc import Iterable, Mapping
from pathlib import Path

from backend.accounts.models import User
from backend.challenges.models import Challenge
from backend.datasets import import_services, services
from backend.datasets.models import Dataset, DatasetImport, DatasetVersion, LabelScheme
from backend.numerics.labels import SCHEMES
from backend.uploads.models import Upload
from tests.factories.challenges import ChallengeFactory
from tests.factories.uploads import whole_upload
from tests.jobs import run_due_jobs
from tests.phantoms import case_files
from tests.shared_data import zip_of

_numbers = itertools.count(1)


def make_dataset(
    challenge: Challenge | None = None,
    *,
    raters_required: int = 3,
    fusion_method: str = "majority",
    scheme: str = "brats2017",
) -> Dataset:
    """An empty dataset; the challenge's creator organizes it."""
    challenge = challenge or ChallengeFactory()
    ensure_scheme(scheme)
    return services.create_dataset(
        challenge=challenge,
        user=challenge.created_by,
        name=f"Cases {next(_numbers)}",
        scheme_slug=scheme,
        raters_required=raters_required,
        fusion_method=fusion_method,
    )


def ensure_scheme(slug: str) -> LabelScheme:
    """The scheme that the migration seeds, also where a test that commits has emptied the tables."""
    values = SCHEMES[slug].to_json()
    scheme, _ = LabelScheme.objects.get_or_create(slug=values.pop("slug"), defaults=values)
    return scheme


def organizer_of(dataset: Dataset) -> User:
    return dataset.challenge.created_by


def receive(dataset: Dataset, archive: bytes, *, filename: str = "cases.zip") -> DatasetImport:
    """An import whose archive has arrived and was not looked at yet."""
    upload = whole_upload(
        owner=organizer_of(dataset), data=archive, filename=filename, purpose=Upload.Purpose.DATASET
    )
    return import_services.receive_import(
        dataset_id=dataset.pk, upload_id=upload.pk, user=organizer_of(dataset)
    )


def inspect(
    dataset: Dataset, files: Iterable[tuple[str, bytes | Path]] | bytes, *, filename: str = "cases.zip"
) -> DatasetImport:
    """An import as it stands after the workers looked at it."""
    found = receive(dataset, files if isinstance(files, bytes) else zip_of(files), filename=filename)
    run_due_jobs()
    found.refresh_from_db()
    return found


def store(
    found: DatasetImport, *, raters: Mapping[str, int] | None = None, skip_cases: Iterable[str] = ()
) -> DatasetImport:
    """Confirm an inspected import and have everything done that follows."""
    import_services.confirm_import(
        import_id=found.pk, user=found.created_by, raters=raters or {}, skip_cases=list(skip_cases)
    )
    run_due_jobs()
    found.refresh_from_db()
    return found


def import_cases(dataset: Dataset, *names: str) -> DatasetVersion:
    """Tiny cases of these names in a new version of the dataset."""
    found = store(inspect(dataset, [file for name in names for file in case_files(name)]))
    assert found.status == DatasetImport.Status.STORED, found.reason
    assert found.version is not None
    return found.version
