"""The commands and their options. Exit codes: 0 done, 1 input refused, 2 wrong use."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import typer

from backend.cli import pictures, tables
from backend.cli.files import Refused, pair_cases
from backend.cli.inspecting import inspect_file
from backend.cli.ranking import Direction, rank_table, read_scores
from backend.cli.raters import compare_raters, fuse_files
from backend.cli.scoring import score_pairs
from backend.numerics.catalogue import DEFAULT_METRIC_SET, check_metrics, metric_set
from backend.numerics.errors import NumericsError, UnknownMetric
from backend.numerics.fusion import METHODS
from backend.numerics.labels import SCHEMES, LabelScheme
from backend.numerics.lesion_rules import RULES
from backend.numerics.ranking import Method, RankingScheme

app = typer.Typer(
    help="Score, fuse, compare and rank segmentations of brain MR, on files and folders.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line; refused input ends in a sentence, not a traceback."""
    try:
        app()
    except (Refused, NumericsError, OSError) as refusal:
        print(refusal, file=sys.stderr)
        sys.exit(1)


def parse_scheme(text: str) -> LabelScheme:
    """A known scheme by its slug, or one of your own from a JSON file."""
    if text in SCHEMES:
        return SCHEMES[text]
    if not text.endswith(".json") or not Path(text).is_file():
        raise typer.BadParameter(f"{text!r} is none of {', '.join(SCHEMES)}, nor a .json file that exists")
    try:
        return LabelScheme.from_json(json.loads(Path(text).read_bytes()))
    except (ValueError, KeyError, TypeError) as error:
        raise typer.BadParameter(f"{text}: is no label scheme ({error!r})") from None


def check_method(name: str) -> str:
    if name not in METHODS:
        raise typer.BadParameter(f"{name!r} is none of {', '.join(METHODS)}")
    return name


Scheme = Annotated[
    LabelScheme,
    typer.Option(parser=parse_scheme, metavar="SCHEME", help=f"{', '.join(SCHEMES)}, or a .json file"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Labelmaps of one case, one per rater.")]
Picture = Annotated[
    Path | None, typer.Option("--picture", metavar="FILE.svg", help="Draw what was found, as SVG.")
]
FusionMethod = Annotated[str, typer.Option(callback=check_method, help=", ".join(METHODS))]


@app.command()
def score(
    reference: Annotated[Path, typer.Option(help="A labelmap, or a folder of one per case.")],
    prediction: Annotated[Path, typer.Option(help="A labelmap, or a folder with the same names.")],
    scheme: Scheme,
    metrics: Annotated[str | None, typer.Option(help="Names with commas between; all if not given.")] = None,
    lesion_rules: Annotated[
        str, typer.Option(help=f"Of the lesion-wise metrics: {', '.join(RULES)}.")
    ] = DEFAULT_METRIC_SET.lesion_rules.slug,
    jobs: Annotated[int, typer.Option(min=1, help="Cases at once.")] = os.cpu_count() or 1,
    picture: Picture = None,
    image: Annotated[
        Path | None, typer.Option(help="Of one case: the image below the outlines of --picture.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Score predictions against references; files of two folders pair by name.

    The picture of one case shows where the two differ most; that of many the first metric by region.
    """
    if picture:
        pictures.check_picture(picture)
    wanted = [name.strip() for name in metrics.split(",")] if metrics is not None else None
    try:
        check_metrics(wanted or ())
        chosen = metric_set(lesion_rules)
    except UnknownMetric as error:
        raise typer.BadParameter(str(error)) from None
    pairs = pair_cases(reference, prediction)
    if image and (picture is None or reference.is_dir()):
        raise typer.BadParameter("it is drawn in the --picture of one case", param_hint="--image")
    scored = score_pairs(pairs, scheme=scheme, metric_set=chosen, metrics=wanted, jobs=jobs)
    cases = list(tables.with_progress(scored, total=len(pairs), description="Scoring"))
    if picture and reference.is_dir():
        chart = pictures.picture_of_scores(cases, scheme=scheme, name=prediction.name)
        pictures.write_picture(picture, chart)
    elif picture:
        pictures.write_picture(picture, pictures.picture_of_case(pairs[0], scheme=scheme, image=image))
    if as_json:
        tables.print_json([row for case in cases for row in case.to_json()])
    else:
        tables.show_scores(cases)


@app.command()
def fuse(
    files: Files,
    scheme: Scheme,
    method: FusionMethod,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the consensus goes, .nii.gz.")],
    setting: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the method.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a consensus of several raters' labelmaps."""
    parameters = {name: _value(text) for name, text in map(_split, setting or ())}
    report = fuse_files(files, output, method=method, scheme=scheme, parameters=parameters)
    (tables.print_json if as_json else tables.show_fusion)(report)


@app.command()
def agree(
    files: Files,
    scheme: Scheme,
    method: FusionMethod = "majority",
    picture: Picture = None,
    as_json: AsJson = False,
) -> None:
    """Compare raters: each pair, all together, and each against the fusion of the others.

    The picture shows the Dice of every pair, by region.
    """
    if picture:
        pictures.check_picture(picture)
    report = compare_raters(files, scheme=scheme, method=method)
    if picture:
        pictures.write_picture(picture, pictures.picture_of_agreement(report, scheme=scheme))
    (tables.print_json if as_json else tables.show_agreement)(report)


@app.command()
def rank(
    scores: Annotated[Path, typer.Argument(help="CSV: submission, case, region, metric, value.")],
    scheme: Annotated[
        Literal["rank-then-aggregate", "aggregate-then-rank", "test-based"], typer.Option()
    ] = "rank-then-aggregate",
    statistic: Annotated[Literal["mean", "median"], typer.Option(help="Over cases.")] = "mean",
    ties: Annotated[Literal["min", "average"], typer.Option(help="Which rank equals get.")] = "min",
    higher: Annotated[
        list[str] | None, typer.Option(metavar="METRIC=WORST", help="A metric of which more is better.")
    ] = None,
    lower: Annotated[
        list[str] | None, typer.Option(metavar="METRIC=WORST", help="A metric of which less is better.")
    ] = None,
    bootstrap: Annotated[int, typer.Option(min=0, help="Resamples of the cases.")] = 0,
    permutations: Annotated[
        int, typer.Option(min=0, help="Of the tests which submissions can be told apart.")
    ] = 0,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    picture: Picture = None,
    as_json: AsJson = False,
) -> None:
    """Rank submissions by their scores; a missing value counts as the worst.

    The picture shows the places they take over the resamples; without a bootstrap the first metric's scores.
    """
    if picture:
        pictures.check_picture(picture)
    given = {**_directions(higher, is_better=True), **_directions(lower, is_better=False)}
    rules = RankingScheme(cast(Method, scheme.replace("-", "_")), statistic, ties)
    table = read_scores(scores)
    report = rank_table(table, rules, given=given, resamples=bootstrap, permutations=permutations, seed=seed)
    if picture:
        pictures.write_picture(picture, pictures.picture_of_ranking(table, report, given=given))
    (tables.print_json if as_json else tables.show_ranking)(report)


@app.command()
def inspect(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Volumes.")],
    scheme: Annotated[
        LabelScheme | None,
        typer.Option(parser=parse_scheme, metavar="SCHEME", help="Check the labels against it."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show geometry, labels and problems of volumes; ends with 1 where a file has an error."""
    reports = [inspect_file(path, scheme) for path in files]
    if as_json:
        tables.print_json(reports)
    else:
        for report in reports:
            tables.show_inspection(report)
    if any(finding["severity"] == "error" for report in reports for finding in report["findings"]):
        raise typer.Exit(1)


def _split(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise typer.BadParameter(f"{text!r} is not of the form NAME=VALUE")
    return name, value


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _directions(rules: list[str] | None, *, is_better: bool) -> dict[str, Direction]:
    found = {}
    for name, worst in map(_split, rules or ()):
        try:
            found[name] = Direction(is_better, float(worst))
        except ValueError:
            raise typer.BadParameter(f"{worst!r} is no number", param_hint=name) from None
    return found
