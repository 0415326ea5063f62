"""Inspecting an import: what was recognised, and every problem of every file, before anything is stored."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from uuid import UUID

from django.db import transaction

from backend.common import blobs
from backend.common.archives import Archive, ArchiveError, open_archive
from backend.datasets import import_reading, import_services, layouts, selectors
from backend.datasets.import_reading import FileFinding, ReadCase
from backend.datasets.models import Dataset, DatasetImport

PROGRESS_EVERY_S = 1.0


@dataclass(frozen=True)
class CasePreview:
    """A case as it was recognised; `missing` are sequence keys, `grid` None where no image was readable."""

    name: str
    images: dict[str, str]
    missing: list[str]
    reference: str | None
    raters: dict[str, str]
    grid: selectors.GridSummary | None
    storable: bool
    replaces: bool


@dataclass(frozen=True)
class Preview:
    """What an import would store. `raters` are the names of all raters whose labelmaps it holds."""

    layout: str
    cases: list[CasePreview]
    ignored: list[dict[str, str]]
    questions: list[str]
    raters: list[str]
    counts: dict[str, int]


Listener = Callable[[int, int], None]


class Progress:
    """Tells how far an import is, not more often than every second; `listener(done, total)` each time."""

    def __init__(self, found: DatasetImport, total: int, listener: Listener | None = None) -> None:
        self._found = found
        self._total = total
        self._listener = listener
        self._told_at = 0.0

    def tell(self, done: int) -> None:
        if self._listener is not None:
            self._listener(done, self._total)
        now = time.monotonic()
        if now - self._told_at >= PROGRESS_EVERY_S or done == self._total:
            self._told_at = now
            import_services.report_progress(
                import_id=self._found.pk, dataset_id=self._found.dataset_id, done=done, total=self._total
            )


@dataclass
class _Inspection:
    recognised: layouts.Recognised
    cases: list[CasePreview] = field(default_factory=list)
    findings: list[FileFinding] = field(default_factory=list)


def inspect_import(*, import_id: UUID, listener: Listener | None = None) -> None:
    """Recognise and check everything in an import's archive; ends inspected, or refused with the reason."""
    found = DatasetImport.objects.get(pk=import_id)
    if found.status != DatasetImport.Status.RECEIVED:
        return
    found = import_services.keep_archive(import_id=import_id)
    try:
        with open_archive(blobs.open_blob(found.archive_digest), name=found.archive_name) as archive:
            inspection = _inspect(found, archive, listener)
    except ArchiveError as error:
        finding = FileFinding(found.archive_name, "", error.code, "error", error.sentence)
        _end(found, findings=[finding], refused=(error.code, error.sentence))
        return
    preview = _preview_of(inspection)
    refusal = _refusal(found.archive_name, inspection)
    _end(found, preview=preview, findings=inspection.findings, refused=refusal)


def _inspect(found: DatasetImport, archive: Archive, listener: Listener | None) -> _Inspection:
    inspection = _Inspection(import_reading.recognise_archive(archive))
    existing = import_reading.existing_cases(found.dataset)
    plans = inspection.recognised.cases
    progress = Progress(found, len(plans), listener)
    for done, plan in enumerate(plans, start=1):
        with import_reading.read_case(archive, plan, found.dataset, existing.get(plan.name)) as case:
            inspection.cases.append(_preview_case(case, found.dataset))
            inspection.findings += case.findings
        progress.tell(done)
    return inspection


def _preview_case(case: ReadCase, dataset: Dataset) -> CasePreview:
    keys = [sequence["key"] for sequence in dataset.sequences]
    plan = case.plan
    return CasePreview(
        name=plan.name,
        images={key: plan.images[key] for key in keys if key in plan.images},
        missing=[key for key in keys if key not in plan.images] if plan.images else [],
        reference=plan.reference,
        raters=dict(plan.rater_labelmaps),
        grid=selectors.describe_grid(case.grid) if case.grid else None,
        storable=case.is_storable,
        replaces=case.existing is not None,
    )


def _preview_of(inspection: _Inspection) -> Preview:
    cases = inspection.cases
    severities = Counter(finding.severity for finding in inspection.findings)
    return Preview(
        layout=inspection.recognised.layout,
        cases=cases,
        ignored=[{"file": item.path, "reason": item.reason} for item in inspection.recognised.ignored],
        questions=list(inspection.recognised.questions),
        raters=sorted({name for case in cases for name in case.raters}),
        counts={
            "cases": len(cases),
            "storable": sum(case.storable for case in cases),
            "images": sum(len(case.images) for case in cases),
            "references": sum(case.reference is not None for case in cases),
            "rater_labelmaps": sum(len(case.raters) for case in cases),
            "ignored": len(inspection.recognised.ignored),
            "errors": severities["error"],
            "warnings": severities["warning"],
        },
    )


def _refusal(name: str, inspection: _Inspection) -> tuple[str, str] | None:
    """Code and sentence where nothing could be stored, else None."""
    if not inspection.cases:
        question = " ".join(inspection.recognised.questions) or "no file was recognised"
        return "unrecognised", f"{name}: {question}"
    if not any(case.storable for case in inspection.cases):
        first = next(finding for finding in inspection.findings if finding.severity == "error")
        count = len(inspection.cases)
        which = "its only case" if count == 1 else f"none of its {count} cases"
        can = "cannot" if count == 1 else "can"
        return "nothing_storable", f"{name}: {which} {can} be stored. {first.sentence}."
    return None


def _end(
    found: DatasetImport,
    *,
    refused: tuple[str, str] | None,
    preview: Preview | None = None,
    findings: Sequence[FileFinding] = (),
) -> None:
    with transaction.atomic():
        current = DatasetImport.objects.select_for_update().get(pk=found.pk)
        if current.status != DatasetImport.Status.RECEIVED:  # discarded meanwhile
            return
        current.layout = preview.layout if preview else ""
        current.preview = asdict(preview) if preview else {}
        current.report = [asdict(finding) for finding in findings]
        current.save(update_fields=["layout", "preview", "report"])
        if refused is None:
            import_services.change_status(current, DatasetImport.Status.INSPECTED)
        else:
            code, sentence = refused
            import_services.change_status(
                current, DatasetImport.Status.REFUSED, reason_code=code, reason=sentence
            )
