"""Every picture: well-formed, the same every time, true to its numbers, and safe with any name."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from backend.pictures import draw
from backend.pictures.charts import (
    AgreementChart,
    AgreementPanel,
    Chart,
    RankedEntrant,
    RegionKey,
    ScoredEntrant,
    ScoresChart,
    SignificanceChart,
    StabilityChart,
    VolumePair,
    VolumesChart,
    VolumesPanel,
)

COMPLETE, CORE = RegionKey("complete", "Complete tumour"), RegionKey("core", "Tumour core")
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<script>alert("1")</script>&amp; $\\alpha_1$ ]]> -- \x00\x0b\ud800\uffff e\u0301 脳'


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]


def scores(*entrants: ScoredEntrant, unit: str = "") -> ScoresChart:
    return ScoresChart("Validation", "Dice", unit, True, (COMPLETE, CORE), entrants)


def entrant(name: str, *values: float | None, is_human: bool = False) -> ScoredEntrant:
    return ScoredEntrant(name, (values, values), is_human)


def stability(*names: str) -> StabilityChart:
    size = len(names)
    shares = np.full(size, 1 / size).tolist()
    rows = (
        RankedEntrant(x, i + 1.0, tuple(shares), i + 1.0, (1.0, float(size)), ("a",))
        for i, x in enumerate(names)
    )
    return StabilityChart("Validation", tuple(rows), 1000, 0.95)


def significance(*names: str, p: float = 0.01) -> SignificanceChart:
    values = tuple(tuple(1.0 if i == j else p for j in range(len(names))) for i in range(len(names)))
    return SignificanceChart("Validation", names, values, 0.05, "Paired permutation test")


def agreement(*raters: str, dice: float | None = 0.84) -> AgreementChart:
    values = tuple(tuple(1.0 if i == j else dice for j in range(len(raters))) for i in range(len(raters)))
    return AgreementChart("Training", "Dice", raters, (AgreementPanel("Complete tumour", values),))


def volumes(*pairs: tuple[float, float], series: str = "Rater 1") -> VolumesChart:
    panel = VolumesPanel(COMPLETE, tuple(VolumePair(series, *pair) for pair in pairs))
    return VolumesChart("Volumes", "consensus", "rater", (panel,))


def with_names(name: str) -> list[Chart]:
    return [
        scores(entrant(name, 0.5, 0.6), entrant("b", 0.7, None), entrant(f"{name}2", 0.9, is_human=True)),
        stability(name, "b", "c"),
        significance(name, "b", "c"),
        agreement(name, "b", "c"),
        VolumesChart(name, name, name, (VolumesPanel(RegionKey("x", name), (VolumePair(name, 1, 2),)),)),
    ]


EMPTY = [scores(), scores(entrant("a", None)), stability("a"), significance("a"), agreement("a"), volumes()]


@pytest.mark.parametrize("chart", [*with_names("a"), *EMPTY], ids=lambda chart: type(chart).__name__)
def test_same_chart_gives_same_bytes(chart: Chart) -> None:
    assert draw(chart) == draw(chart)


def test_another_process_draws_the_same_bytes() -> None:
    program = (
        "import hashlib\nfrom backend.pictures import draw\n"
        "from tests.pictures.test_charts import with_names\n"
        "print(hashlib.sha256(''.join(map(draw, with_names('a'))).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path.cwd())},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


@pytest.mark.filterwarnings("error")  # a name in other letters fills no log
@pytest.mark.parametrize("chart", with_names(HOSTILE), ids=lambda chart: type(chart).__name__)
def test_hostile_names_are_text_and_nothing_else(chart: Chart) -> None:
    svg = draw(chart)
    found = ET.fromstring(svg)
    assert not list(found.iter(f"{SVG}script"))
    assert "<script" not in svg
    assert any("<script>" in text for text in texts(svg))
    assert "\x00" not in svg


@pytest.mark.parametrize("chart", EMPTY, ids=lambda chart: type(chart).__name__)
def test_without_data_the_picture_says_so(chart: Chart) -> None:
    sentences = [text for text in texts(draw(chart)) if text.endswith(".")]
    assert len(sentences) == 1


def test_title_can_be_read_out() -> None:
    root = ET.fromstring(draw(scores(entrant("a", 0.5))))
    title = root.find(f"{SVG}title")
    assert (root.get("role"), title is not None and title.text) == ("img", "Validation")


def test_long_names_are_cut_with_an_ellipsis() -> None:
    found = texts(draw(scores(entrant("n" * 200, 0.5), entrant("b", 0.6))))
    assert "n" * 27 + "…" in found


def test_raters_stand_below_the_methods() -> None:
    found = texts(draw(scores(entrant("Rater 1", 0.9, is_human=True), entrant("method", 0.1))))
    assert found.index("method") < found.index("Rater 1")


def test_no_picture_tells_which_case_a_dot_is() -> None:
    assert draw(scores(entrant("a", 0.2, 0.9, 0.4))) == draw(scores(entrant("a", 0.9, 0.4, 0.2)))


def test_values_that_are_not_defined_are_counted() -> None:
    assert texts(draw(scores(entrant("a", 0.5, None, None), entrant("b", 0.5, 0.6, 0.7)))).count("2 n/a") == 2


def test_names_of_fifty_entrants_do_not_overlap() -> None:
    names = [f"Team {i:02d}" for i in range(50)]
    for chart in (
        scores(*(entrant(name, 0.5, 0.6) for name in names)),
        stability(*names),
        significance(*names),
    ):
        root = ET.fromstring(draw(chart))
        levels = sorted(
            float(element.get("y", "nan"))
            for element in root.iter(f"{SVG}text")
            if (element.text or "").endswith(tuple(names))
        )
        assert len(levels) == 50
        assert min(np.diff(levels)) > 12  # points; letters are 8.5 high


def test_thousands_of_cases_stay_a_small_file() -> None:
    crowd = np.linspace(0, 1, 400).tolist()
    assert len(draw(scores(*(entrant(f"Team {i}", *crowd) for i in range(20))))) < 1_500_000


def test_penalties_are_read_on_a_logarithmic_axis() -> None:
    found = texts(draw(scores(entrant("a", 0.5, 374.0), entrant("b", 2.0, 3.0), unit="mm")))
    assert {"1", "10", "100", "300"} <= set(found)


def test_significance_shows_who_is_ahead() -> None:
    svg = draw(significance("a", "b"))
    assert "fill: #2f95ab" in svg
    assert "fill: #e9c9b4" in svg
    assert texts(svg).count(".010") == 2


def test_pairs_that_do_not_differ_are_grey() -> None:
    svg = draw(significance("a", "b", p=0.5))
    cells = svg[svg.index("QuadMesh") : svg.index("matplotlib.axis")]
    assert "#2f95ab" not in cells
    assert texts(svg).count(".50") == 2


def test_agreement_prints_each_pair() -> None:
    assert texts(draw(agreement("a", "b", "c"))).count(".84") == 6
    assert "No two raters have marked the same case yet." in texts(draw(agreement("a", "b", dice=None)))


def test_bland_altman_states_bias_and_limits() -> None:
    """Differences 1, 2, 3: mean 2, standard deviation 1, limits 2 ± 1.96."""
    found = texts(draw(volumes((10, 11), (20, 22), (30, 33))))
    assert "mean +2.00 mL · limits +0.04 to +3.96 · n 3" in found


def test_one_pair_of_volumes_has_no_limits() -> None:
    assert "mean −1.00 mL · one pair has no limits" in texts(draw(volumes((3, 2))))


def test_matplotlib_is_not_imported_before_the_first_picture() -> None:
    program = "import backend.pictures, backend.pictures.charts, sys; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
