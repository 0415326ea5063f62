"""`--picture`: what the commands found, as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from backend.cli.files import Pair, Refused, read_on_one_grid
from backend.cli.ranking import Direction, ScoreTable, direction_of
from backend.cli.scoring import CaseScores
from backend.numerics.arrays import Array
from backend.numerics.catalogue import metric_of
from backend.numerics.errors import UnknownMetric
from backend.numerics.geometry import Grid, compare_grids
from backend.numerics.labels import LabelScheme
from backend.numerics.volumes import read_volume
from backend.pictures import draw
from backend.pictures.charts import (
    AgreementChart,
    AgreementPanel,
    Chart,
    RankedEntrant,
    RegionKey,
    ScoredEntrant,
    ScoresChart,
    StabilityChart,
)
from backend.pictures.slices import overlay_chart


def check_picture(path: Path) -> None:
    """Raises Refused: the picture cannot be written as asked; to be known before hours of work."""
    if path.suffix.lower() != ".svg":
        raise Refused(f"{path}: pictures are written as SVG; name it .svg")
    if not path.parent.is_dir():
        raise Refused(f"{path}: the folder {path.parent} does not exist; make it first")


def write_picture(path: Path, chart: Chart) -> None:
    path.write_text(draw(chart), encoding="utf-8")


def picture_of_case(pair: Pair, *, scheme: LabelScheme, image: Path | None) -> Chart:
    """Reference and prediction on the slice where they differ most, over the image where one is given.

    Raises:
        Refused, VolumeError: a file cannot be used, or the image lies on another grid.
    """
    reference, prediction = read_on_one_grid([pair.reference, pair.prediction], scheme)
    return overlay_chart(
        reference.array,
        prediction.array,
        grid=reference.grid,
        scheme=scheme,
        title=pair.case,
        image=_read_image(image, reference.grid, str(pair.reference)) if image else None,
    )


def picture_of_scores(cases: Sequence[CaseScores], *, scheme: LabelScheme, name: str) -> Chart:
    """Boxes and strips of the first metric by region, of one set of predictions."""
    metric = metric_of(cases[0].scores[0].metric)
    by_region: dict[str, list[float | None]] = {region.key: [] for region in scheme.regions}
    for case in cases:
        for score in case.scores:
            if score.metric == metric.name:
                by_region[score.region].append(score.value)
    return ScoresChart(
        title=f"{name}: {metric.title}",
        metric=metric.title,
        unit=metric.unit,
        higher_is_better=metric.higher_is_better,
        regions=tuple(RegionKey(region.key, region.name) for region in scheme.regions),
        entrants=(ScoredEntrant(name, tuple(map(tuple, by_region.values()))),),
    )


def picture_of_agreement(report: Mapping[str, Any], *, scheme: LabelScheme) -> Chart:
    """Dice of every pair of raters, a panel per region, of what `compare_raters` reports."""
    files = report["files"]
    panels = []
    for region in scheme.regions:
        values = np.eye(len(files))
        for pair in report["pairs"]:
            i, j = files.index(pair["first"]), files.index(pair["second"])
            values[i, j] = values[j, i] = pair["dice"][region.key]
        panels.append(AgreementPanel(region.name, tuple(map(tuple, values.tolist()))))
    names = tuple(Path(file).name for file in files)
    return AgreementChart("Agreement of the raters", "Dice", names, tuple(panels))


def picture_of_ranking(
    table: ScoreTable, report: Mapping[str, Any], *, given: Mapping[str, Direction]
) -> Chart:
    """How stable the ranking is, of a bootstrap; without one the first metric's scores, best first."""
    if report["bootstrap"] is None:
        return _scores_of_table(table, [row["submission"] for row in report["ranking"]], given)
    return StabilityChart(
        title="How stable the ranking is",
        entrants=tuple(
            RankedEntrant(
                name=row["submission"],
                rank=row["rank"],
                frequencies=tuple(row["frequencies"]),
                median_rank=row["median_rank"],
                rank_interval=tuple(row["rank_interval"]),
            )
            for row in report["ranking"]
        ),
        resamples=report["bootstrap"]["resamples"],
        level=report["bootstrap"]["level"],
    )


def _scores_of_table(table: ScoreTable, order: Sequence[str], given: Mapping[str, Direction]) -> Chart:
    name = table.columns[0][1]
    columns = [k for k, (_, metric) in enumerate(table.columns) if metric == name]
    title, unit = _in_words(name)
    entrants = []
    for submission in order:
        scores = table.scores[table.submissions.index(submission)][:, columns]
        values = tuple(tuple(None if np.isnan(x) else float(x) for x in column) for column in scores.T)
        entrants.append(ScoredEntrant(submission, values))
    return ScoresChart(
        title=f"{title} of every submission",
        metric=title,
        unit=unit,
        higher_is_better=direction_of(name, given).higher_is_better,
        regions=tuple(RegionKey(table.columns[k][0], table.columns[k][0]) for k in columns),
        entrants=tuple(entrants),
    )


def _in_words(metric: str) -> tuple[str, str]:
    """Title and unit; of a metric that is not ours its name, and no unit."""
    try:
        known = metric_of(metric)
    except UnknownMetric:
        return metric, ""
    return known.title, known.unit


def _read_image(path: Path, grid: Grid, reference: str) -> Array:
    if not path.is_file():
        raise Refused(f"{path}: there is no such file")
    image = read_volume(path, name=str(path))
    if differences := compare_grids(grid, image.grid):
        found = " and ".join(difference.sentence for difference in differences)
        raise Refused(f"{path}: {found}, the grid of {reference}; resample it to that grid")
    return image.array
