"""Storing a confirmed import: files by content first, then all rows at once, as a new dataset version."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from backend.common import blobs
from backend.common.archives import Archive, open_archive
from backend.datasets import import_reading, import_services, selectors, services
from backend.datasets.import_reading import ReadCase
from backend.datasets.inspection import Listener, Progress
from backend.datasets.models import Case, CaseFile, Dataset, DatasetImport, DatasetVersion
from backend.events.bus import publish
from backend.events.types import DatasetVersionCreated
from backend.numerics.thumbnails import render_thumbnail
from backend.numerics.volumes import Volume, as_labelmap, write_image_nifti, write_labelmap_nifti


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file whose bytes are stored and whose row is not written yet."""

    kind: str
    sequence: str
    rater_id: int | None
    filename: str
    original_digest: str
    served_digest: str
    thumbnail_digest: str
    size_bytes: int
    findings: list[dict[str, str]]

    @property
    def place(self) -> tuple[str, str, int]:
        """What it is of its case: a case has one file at each place."""
        return self.kind, self.sequence, self.rater_id or 0


@dataclass(frozen=True, slots=True)
class StoredCase:
    """A case whose files' bytes are stored."""

    name: str
    grid: dict[str, Any]
    findings: list[dict[str, str]]
    files: tuple[StoredFile, ...]

    @property
    def digest(self) -> str:
        """Over what its files are and their original bytes."""
        lines = sorted(f"{x.kind} {x.sequence} {x.rater_id or ''} {x.original_digest}" for x in self.files)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def store_import(*, import_id: UUID, listener: Listener | None = None) -> None:
    """Store what the organizer confirmed. Running it again stores nothing twice."""
    found = DatasetImport.objects.select_related("dataset__scheme").get(pk=import_id)
    if found.status != DatasetImport.Status.CONFIRMED:
        return
    with open_archive(blobs.open_blob(found.archive_digest), name=found.archive_name) as archive:
        cases = _store_files(found, archive, listener)
    _write_rows(found, cases)


def version_digest(cases: Iterable[Case]) -> str:
    lines = sorted(f"{case.name} {case.digest}" for case in cases)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _store_files(found: DatasetImport, archive: Archive, listener: Listener | None) -> list[StoredCase]:
    wanted = {case["name"] for case in found.preview["cases"] if case["storable"]} - set(found.skip_cases)
    plans = [plan for plan in import_reading.recognise_archive(archive).cases if plan.name in wanted]
    existing = import_reading.existing_cases(found.dataset)
    progress = Progress(found, len(plans), listener)
    stored = []
    for done, plan in enumerate(plans, start=1):
        # Raters whom nobody was matched with are left out.
        matched = {name: file for name, file in plan.rater_labelmaps.items() if name in found.raters}
        chosen = replace(plan, rater_labelmaps=matched)
        with import_reading.read_case(archive, chosen, found.dataset, existing.get(plan.name)) as case:
            stored.append(_store_case(case, found))
        progress.tell(done)
    return stored


def _store_case(case: ReadCase, found: DatasetImport) -> StoredCase:
    anchor = case.anchor
    assert anchor is not None, f"case {case.plan.name} was storable when it was inspected"
    files = [_store_image(case, key, volume) for key, volume in case.images.items()]
    if case.reference is not None:
        files.append(_store_labelmap(case, case.reference, found.dataset, CaseFile.Kind.REFERENCE))
    for rater, volume in case.rater_labelmaps.items():
        files.append(
            _store_labelmap(case, volume, found.dataset, CaseFile.Kind.RATER, rater_id=found.raters[rater])
        )
    if not case.images and case.existing is not None:
        files = _complete(files, case.existing)
    return StoredCase(
        name=case.plan.name,
        grid=anchor.grid.to_json(),
        findings=_findings_json(case, ""),
        files=tuple(files),
    )


def _store_image(case: ReadCase, key: str, volume: Volume) -> StoredFile:
    return _store_file(
        case,
        volume,
        kind=CaseFile.Kind.IMAGE,
        sequence=key,
        served=write_image_nifti(volume),
        thumbnail=render_thumbnail(volume.array, volume.grid),
    )


def _store_labelmap(
    case: ReadCase, volume: Volume, dataset: Dataset, kind: str, *, rater_id: int | None = None
) -> StoredFile:
    assert case.anchor is not None
    labelmap = as_labelmap(volume).array
    scheme = services.scheme_of(dataset.scheme)
    return _store_file(
        case,
        volume,
        kind=kind,
        rater_id=rater_id,
        served=write_labelmap_nifti(labelmap, grid=case.anchor.grid),
        thumbnail=render_thumbnail(case.anchor.array, case.anchor.grid, labelmap=labelmap, scheme=scheme),
    )


def _store_file(
    case: ReadCase,
    volume: Volume,
    *,
    kind: str,
    served: bytes,
    thumbnail: bytes,
    sequence: str = "",
    rater_id: int | None = None,
) -> StoredFile:
    original = blobs.put_file(case.paths[volume.name])
    return StoredFile(
        kind=kind,
        sequence=sequence,
        rater_id=rater_id,
        filename=PurePosixPath(volume.name).name,
        original_digest=original.digest,
        served_digest=blobs.put_bytes(served).digest,
        thumbnail_digest=blobs.put_bytes(thumbnail).digest,
        size_bytes=original.size_bytes,
        findings=_findings_json(case, volume.name),
    )


def _complete(files: list[StoredFile], existing: Case) -> list[StoredFile]:
    """The new labelmaps with all files of the existing case that they do not replace."""
    places = {file.place for file in files}
    fields = StoredFile.__dataclass_fields__
    kept = [StoredFile(**{name: getattr(row, name) for name in fields}) for row in existing.files.all()]
    return [*(file for file in kept if file.place not in places), *files]


def _findings_json(case: ReadCase, file: str) -> list[dict[str, str]]:
    return [
        {"code": finding.code, "severity": finding.severity, "sentence": finding.sentence}
        for finding in case.findings_of(file)
    ]


def _write_rows(found: DatasetImport, stored: list[StoredCase]) -> None:
    with transaction.atomic():
        dataset = Dataset.objects.select_for_update(of=("self",)).get(pk=found.dataset_id)
        current = DatasetImport.objects.select_for_update(of=("self",)).get(pk=found.pk)
        if current.status != DatasetImport.Status.CONFIRMED:  # another worker was faster
            return
        latest = selectors.latest_version(dataset)
        cases = {case.name: case for case in latest.cases.all()} if latest else {}
        cases |= {case.name: _write_case(dataset, case) for case in stored}
        version = _write_version(current, latest, cases)
        if version is None:
            import_services.change_status(
                current,
                DatasetImport.Status.STORED,
                reason_code="unchanged",
                reason=f"{found.archive_name} holds nothing new: its cases are those of {latest}.",
            )
            return
        current.version = version
        current.save(update_fields=["version"])
        import_services.change_status(current, DatasetImport.Status.STORED)
        publish(DatasetVersionCreated(version_id=version.pk, dataset_id=dataset.pk))


def _write_case(dataset: Dataset, stored: StoredCase) -> Case:
    case, is_new = Case.objects.get_or_create(
        dataset=dataset,
        name=stored.name,
        digest=stored.digest,
        defaults={"grid": stored.grid, "findings": stored.findings},
    )
    if is_new:
        CaseFile.objects.bulk_create(
            CaseFile(case=case, **{name: getattr(file, name) for name in StoredFile.__dataclass_fields__})
            for file in stored.files
        )
    return case


def _write_version(
    found: DatasetImport, latest: DatasetVersion | None, cases: Mapping[str, Case]
) -> DatasetVersion | None:
    """The next version of the dataset; None where it would be the latest again."""
    digest = version_digest(cases.values())
    if latest is not None and latest.digest == digest:
        return None
    number = found.dataset.versions.aggregate(last=Max("number"))["last"] or 0
    version = DatasetVersion.objects.create(
        dataset=found.dataset,
        number=number + 1,
        digest=digest,
        note=found.archive_name[:200],
        created_by=found.created_by,
    )
    version.cases.set(cases.values())
    return version
