"""A case of an archive, read and checked: the one place where an import meets voxels.

Inspecting and storing read in the same way, so that what was shown is what is stored.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from backend.common import blobs
from backend.common.archives import Archive, ArchiveError
from backend.datasets import layouts, selectors, services
from backend.datasets.models import Case, Dataset
from backend.numerics import quality
from backend.numerics.errors import VolumeError
from backend.numerics.geometry import Grid
from backend.numerics.labels import LabelScheme
from backend.numerics.quality import Finding
from backend.numerics.volumes import Volume, read_channels, read_volume

LARGEST_DESCRIPTION_BYTES = 16 << 20
LONGEST_CASE_NAME = 120


@dataclass(frozen=True)
class FileFinding:
    """What was found in one file of a case; `file` is empty where it concerns the case as a whole."""

    file: str
    case: str
    code: str
    severity: str
    sentence: str


@dataclass(frozen=True, eq=False)
class ReadCase:
    """A case's files as volumes, and where their original bytes lie while it is open.

    Args:
        images: by sequence key; rater_labelmaps: by the rater's name in the archive.
        paths: name in the archive → the extracted file.
        existing: the dataset's present case of this name, whose images are kept where the archive has none.
        anchor: the image on whose grid all files lie; None where no image could be read.
    """

    plan: layouts.RecognisedCase
    images: Mapping[str, Volume]
    reference: Volume | None
    rater_labelmaps: Mapping[str, Volume]
    paths: Mapping[str, Path]
    existing: Case | None
    anchor: Volume | None
    findings: tuple[FileFinding, ...]

    @property
    def is_storable(self) -> bool:
        return not any(finding.severity == "error" for finding in self.findings)

    @property
    def grid(self) -> Grid | None:
        return self.anchor.grid if self.anchor else None

    def findings_of(self, file: str) -> list[FileFinding]:
        return [finding for finding in self.findings if finding.file == file]


@dataclass
class _Reader:
    """Collects volumes and findings of one case."""

    case: str
    archive: Archive
    folder: Path
    findings: list[FileFinding] = field(default_factory=list)
    paths: dict[str, Path] = field(default_factory=dict)
    channels: dict[str, tuple[Volume, ...]] = field(default_factory=dict)

    def find(self, file: str, finding: Finding) -> None:
        sentence = f"case {self.case}: {finding.sentence}"
        found = FileFinding(file, self.case, finding.code, finding.severity, sentence)
        if found not in self.findings:  # a 4-D file is asked for once per channel
            self.findings.append(found)

    def read(self, file: str, *, channel: int | None = None) -> Volume | None:
        """One volume of a file; None, with a finding, where it cannot be read."""
        try:
            if channel is None:
                return read_volume(self._extract(file), name=file)
            if file not in self.channels:
                self.channels[file] = read_channels(self._extract(file), name=file)
            if channel >= len(self.channels[file]):
                sentence = (
                    f"{file}: has {len(self.channels[file])} channels, dataset.json names more; mend it"
                )
                self.find(file, Finding("missing_channel", "error", sentence))
                return None
            return replace(self.channels[file][channel], name=file)
        except VolumeError as error:
            self.find(file, quality.finding_of(error))
        except ArchiveError as error:
            self.find(file, Finding(error.code, "error", error.sentence))
        return None

    def _extract(self, file: str) -> Path:
        if file not in self.paths:
            self.paths[file] = self.archive.extract_to(file, self.folder)
        return self.paths[file]


def recognise_archive(archive: Archive) -> layouts.Recognised:
    """What the archive's names tell, with its `dataset.json` where there is one."""

    def read_text(name: str) -> str:
        if archive.size_bytes(name) > LARGEST_DESCRIPTION_BYTES:
            return ""
        return archive.read(name).decode("utf-8", "replace")

    return _without_second_cases(layouts.recognise(archive.names(), read_text=read_text))


def _without_second_cases(recognised: layouts.Recognised) -> layouts.Recognised:
    """Of cases with one name the first; the files of the others are ignored with the reason."""
    cases: dict[str, layouts.RecognisedCase] = {}
    ignored = list(recognised.ignored)
    for case in recognised.cases:
        if case.name not in cases:
            cases[case.name] = case
            continue
        files = [*case.images.values(), case.reference, *case.rater_labelmaps.values()]
        reason = f"a second case named {case.name}; rename its folder"
        ignored += [layouts.Ignored(file, reason) for file in files if file]
    return replace(recognised, cases=tuple(cases.values()), ignored=tuple(ignored))


def existing_cases(dataset: Dataset) -> dict[str, Case]:
    """The cases of the dataset's latest version by name."""
    return {case.name: case for case in selectors.cases_of(selectors.latest_version(dataset))}


@contextmanager
def read_case(
    archive: Archive, plan: layouts.RecognisedCase, dataset: Dataset, existing: Case | None
) -> Iterator[ReadCase]:
    """Extract, read and check one case; its extracted files live as long as the context."""
    with tempfile.TemporaryDirectory(prefix="consilium-case-") as folder:
        reader = _Reader(plan.name, archive, Path(folder))
        images = _read_images(reader, plan, dataset)
        anchor = next(iter(images.values()), None) or _anchor_of(plan, existing)
        scheme = services.scheme_of(dataset.scheme)
        labelmaps = {
            file: _read_labelmap(reader, file, scheme)
            for file in [*([plan.reference] if plan.reference else []), *plan.rater_labelmaps.values()]
        }
        _check_grids(reader, [*images.values(), *filter(None, labelmaps.values())], anchor)
        _check_whole(reader, plan, dataset, anchor)
        yield ReadCase(
            plan=plan,
            images=images,
            reference=labelmaps.get(plan.reference) if plan.reference else None,
            rater_labelmaps={
                rater: volume for rater, file in plan.rater_labelmaps.items() if (volume := labelmaps[file])
            },
            paths=reader.paths,
            existing=existing,
            anchor=anchor,
            findings=tuple(reader.findings),
        )


def _read_images(reader: _Reader, plan: layouts.RecognisedCase, dataset: Dataset) -> dict[str, Volume]:
    """The images whose sequence the dataset has, in the dataset's order."""
    wanted = [sequence["key"] for sequence in dataset.sequences]
    for key in sorted(set(plan.images) - set(wanted)):
        sentence = f"{plan.images[key]}: the dataset has no sequence {key}; it is left out"
        reader.find(plan.images[key], Finding("unknown_sequence", "warning", sentence))
    images = {}
    for key in wanted:
        if key in plan.images:
            volume = reader.read(plan.images[key], channel=plan.channels.get(key))
            if volume is not None:
                images[key] = volume
                for finding in quality.check_image(volume):
                    reader.find(plan.images[key], finding)
    return images


def _read_labelmap(reader: _Reader, file: str, scheme: LabelScheme) -> Volume | None:
    volume = reader.read(file)
    if volume is not None:
        for finding in quality.check_labelmap(volume, scheme):
            reader.find(file, finding)
    return volume


def _anchor_of(plan: layouts.RecognisedCase, existing: Case | None) -> Volume | None:
    """An image of the case as the dataset has it already, for an archive that brings labelmaps only."""
    if plan.images or existing is None:
        return None
    image = next(iter(selectors.images_of(existing)), None)
    if image is None:
        return None
    data = blobs.read_blob(image.served_digest)
    return read_volume(data, name=image.filename, check_extension=False)


def _check_grids(reader: _Reader, volumes: list[Volume], anchor: Volume | None) -> None:
    for volume in volumes:
        if anchor is not None and volume is not anchor:
            for finding in quality.check_same_grid(volume, anchor):
                reader.find(volume.name, finding)


def _check_whole(
    reader: _Reader, plan: layouts.RecognisedCase, dataset: Dataset, anchor: Volume | None
) -> None:
    if len(plan.name) > LONGEST_CASE_NAME:
        sentence = f"its name is longer than {LONGEST_CASE_NAME} characters; rename its folder"
        reader.find("", Finding("name_too_long", "error", sentence))
    names = {sequence["key"]: sequence["name"] for sequence in dataset.sequences}
    if plan.images and (missing := [name for key, name in names.items() if key not in plan.images]):
        sentence = f"has no {', no '.join(missing)}; it is shown without"
        reader.find("", Finding("missing_sequences", "warning", sentence))
    if not set(plan.images) & set(names) and anchor is None:
        sentence = (
            "has labelmaps and no image, and the dataset has no case of this name; "
            "import its images first, or together with them"
        )
        reader.find("", Finding("no_images", "error", sentence))
