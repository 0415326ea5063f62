"""The overlay: which slice, which way up, how large, and what it counts."""

import base64
import io
import re

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageColor

from backend.numerics.arrays import Labelmap
from backend.numerics.geometry import Grid
from backend.numerics.labels import SCHEMES, Label, LabelScheme, Region
from backend.numerics.volumes import read_labelmap, read_volume
from backend.pictures import draw, style
from backend.pictures.charts import OverlayChart
from backend.pictures.slices import overlay_chart
from tests.shared_data import DATA, needs_shared_data, tcga_fusion, tcga_mask

SCHEME = LabelScheme(
    "one",
    "One",
    labels=(Label(1, "lesion", "#ff0000"), Label(2, "other", "#00ff00")),
    regions=(Region("lesion", "Lesion", (1,)),),
    excluded=(2,),
)
RAS = np.diag([1.0, 1.0, 3.0, 1.0])


def chart_of(
    reference: Labelmap, prediction: Labelmap, affine: npt.NDArray[np.float64] = RAS, **options: object
) -> OverlayChart:
    grid = Grid(reference.shape, affine)
    return overlay_chart(reference, prediction, grid=grid, scheme=SCHEME, title="Case", **options)  # type: ignore[arg-type]


def phantom() -> tuple[Labelmap, Labelmap]:
    """A lesion on the patient's right and in front, on slices 3 to 6; slice 5 is missed."""
    reference = np.zeros((20, 30, 10), np.uint8)
    reference[12:18, 20:28, 3:7] = 1
    prediction = reference.copy()
    prediction[:, :, 5] = 0
    prediction[2, 2, 8] = 1
    return reference, prediction


def test_shows_the_slice_of_the_largest_difference() -> None:
    chart = chart_of(*phantom())
    assert chart.where == "Axial slice 6 of 10 from below; where the two differ most"


def test_equal_labelmaps_show_the_slice_with_most_labels() -> None:
    reference, _ = phantom()
    reference[5:8, 5:8, 4] = 1
    assert chart_of(reference, reference).where == "Axial slice 5 of 10 from below; the two do not differ"


def test_counts_whole_case_in_millilitres() -> None:
    panel = chart_of(*phantom()).panels[0]
    assert panel.missed_ml == pytest.approx(6 * 8 * 3 / 1000)
    assert panel.added_ml == pytest.approx(3 / 1000)
    assert panel.dice == pytest.approx(2 * 144 / (192 + 145))


def test_patients_right_is_on_the_left_and_front_on_top() -> None:
    image = np.ones((20, 30, 10), np.float32)
    mask = chart_of(*phantom(), image=image).panels[0].reference
    assert mask.shape == (30, 20)
    rows, columns = np.nonzero(mask)
    assert rows.max() < 15
    assert columns.max() < 10


@pytest.mark.parametrize("axes", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
@pytest.mark.parametrize("signs", [(1, 1, 1), (-1, -1, 1), (-1, 1, -1)])
def test_storage_order_changes_nothing(axes: tuple[int, int, int], signs: tuple[int, int, int]) -> None:
    """The same patient stored along other axes and directions gives the same picture."""
    reference, prediction = phantom()
    image = np.random.default_rng(1).uniform(1, 9, reference.shape).astype(np.float32)
    flips = tuple(slice(None, None, signs[axis]) for axis in axes)
    turned = [np.transpose(x, axes)[flips] for x in (reference, prediction, image)]
    affine = np.zeros((4, 4))
    affine[3, 3] = 1
    for place, axis in enumerate(axes):
        affine[:, place] = RAS[:, axis] * signs[axis]
    as_stored = chart_of(turned[0], turned[1], affine, image=turned[2])
    assert draw(as_stored) == draw(chart_of(reference, prediction, image=image))


def test_voxels_keep_their_size_in_millimetres() -> None:
    chart = chart_of(*phantom(), affine=np.diag([0.5, 2.0, 3.0, 1.0]))
    assert (chart.column_mm, chart.row_mm) == (0.5, 2.0)


def test_what_the_reference_excludes_is_no_error() -> None:
    reference, prediction = phantom()
    reference[:, :, 8] = 2
    assert chart_of(reference, prediction).panels[0].added_ml == 0


def test_empty_case_is_drawn() -> None:
    empty = np.zeros((8, 9, 5), np.uint8)
    chart = chart_of(empty, empty)
    assert chart.panels[0].dice == 1
    assert "Lesion" in draw(chart)


def colors_of_images(svg: str) -> list[set[tuple[int, ...]]]:
    """Of every image inside the picture, the colours that it has."""
    images = [Image.open(io.BytesIO(base64.b64decode(x))) for x in re.findall(r"base64,([^\"]+)", svg)]
    return [set(map(tuple, np.asarray(image.convert("RGB")).reshape(-1, 3).tolist())) for image in images]


def test_missed_and_wrongly_marked_have_each_their_colour() -> None:
    reference, prediction = phantom()
    prediction[2:4, 2:4, 5] = 1
    missed, added = ImageColor.getrgb(style.MISSED), ImageColor.getrgb(style.ADDED)
    _, errors = colors_of_images(draw(chart_of(reference, prediction)))
    assert any(np.allclose(color, missed, atol=3) for color in errors)
    assert any(np.allclose(color, added, atol=3) for color in errors)


def test_without_a_difference_there_is_no_layer_of_errors() -> None:
    reference, _ = phantom()
    assert len(colors_of_images(draw(chart_of(reference, reference)))) == 1


@needs_shared_data
def test_real_case_names_the_slice_and_its_regions() -> None:
    case = "TCGA-DU-7294"
    reference = read_labelmap(tcga_fusion(case), name="mav.nii.gz")
    prediction = read_labelmap(tcga_mask(case, "scan"), name="scan.nii.gz")
    image = read_volume(DATA / "tcga" / case / f"{case}_t1ce.nii.gz", name="t1ce.nii.gz")
    chart = overlay_chart(
        reference.array, prediction.array, grid=reference.grid, scheme=SCHEMES["brats2017"], title=case,
        image=image.array,
    )  # fmt: skip
    differing = np.count_nonzero((reference.array > 0) ^ (prediction.array > 0))
    complete = chart.panels[0]
    assert complete.missed_ml + complete.added_ml == pytest.approx(differing / 1000)
    assert [panel.region.key for panel in chart.panels] == ["complete", "core", "enhancing"]
    assert chart.image.max() > 200
    assert draw(chart) == draw(chart)
