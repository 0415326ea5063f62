import io

import nibabel as nib
import numpy as np
import pytest
from PIL import Image

from backend.numerics.geometry import Grid
from backend.numerics.labels import SCHEMES
from backend.numerics.slices import choose_axial_level
from backend.numerics.thumbnails import render_thumbnail
from backend.numerics.volumes import read_volume
from tests.shared_data import DATA, needs_shared_data, tcga_fusion

RAS = Grid((40, 50, 30), np.eye(4))


def head() -> np.ndarray:
    """RAS: a grey block, with a bright mark at the patient's right front on the fullest level, 12."""
    array = np.zeros(RAS.shape, dtype=np.int16)
    array[5:35, 5:45, 5:25] = 100
    array[4:36, 4:46, 12] = 100
    array[28:34, 38:44, 12] = 1000
    return array


def pixels(content: bytes) -> np.ndarray:
    picture = Image.open(io.BytesIO(content))
    assert picture.format == "PNG"
    return np.asarray(picture.convert("RGB")).astype(int)


def test_patient_right_is_left_and_front_is_top() -> None:
    picture = pixels(render_thumbnail(head(), RAS, size=100))

    rows, columns = np.nonzero(picture[..., 0] > 200)
    assert picture.shape == (100, 100, 3)
    assert rows.max() < 40
    assert columns.max() < 50


@pytest.mark.parametrize("codes", ["LPS", "LAS", "RPI", "SAR", "PSL", "IRA"])
def test_every_orientation_gives_the_same_picture(codes: str) -> None:
    turn = nib.orientations.ornt_transform(
        nib.orientations.axcodes2ornt("RAS"), nib.orientations.axcodes2ornt(codes)
    )
    array = nib.orientations.apply_orientation(head(), turn)
    grid = Grid(array.shape, RAS.matrix @ nib.orientations.inv_ornt_aff(turn, RAS.shape))
    assert grid.orientation == codes

    assert render_thumbnail(array, grid) == render_thumbnail(head(), RAS)


def test_anisotropic_voxels_are_drawn_to_scale() -> None:
    array = np.zeros((40, 40, 10), dtype=np.int16)
    array[1:39, 1:39] = np.random.default_rng(1).integers(100, 200, (38, 38, 10))

    picture = pixels(render_thumbnail(array, Grid(array.shape, np.diag([0.5, 1, 5, 1])), size=80))

    rows, columns = np.nonzero(picture[..., 0])
    assert np.ptp(rows) == pytest.approx(2 * np.ptp(columns), abs=4)


def test_labels_choose_the_level_and_are_drawn_in_their_colours() -> None:
    labelmap = np.zeros(RAS.shape, dtype=np.uint8)
    labelmap[10:20, 10:20, 20] = 2

    plain = pixels(render_thumbnail(head(), RAS))
    overlaid = pixels(render_thumbnail(head(), RAS, labelmap=labelmap, scheme=SCHEMES["brats2017"]))

    assert choose_axial_level(head()) == 12
    assert choose_axial_level(head(), labelmap) == 20
    assert (plain.max(axis=2) == plain.min(axis=2)).all()
    greenish = overlaid[..., 1] > overlaid[..., 0] + 30
    assert 100 < greenish.sum() < 4000


def test_labels_that_the_scheme_lacks_are_magenta() -> None:
    labelmap = np.full(RAS.shape, 9, dtype=np.uint8)

    picture = pixels(render_thumbnail(head(), RAS, labelmap=labelmap, scheme=SCHEMES["brats2017"]))

    middle = picture[80, 80]
    assert middle[0] > middle[1] + 50
    assert middle[2] > middle[1] + 50


@pytest.mark.parametrize("value", [0, 5, np.nan])
def test_image_without_contrast_is_rendered(value: float) -> None:
    assert pixels(render_thumbnail(np.full(RAS.shape, value, "f4"), RAS)).shape == (160, 160, 3)
    assert choose_axial_level(np.full(RAS.shape, value, "f4")) in (14, 15)


def test_undefined_affine_is_rendered_all_the_same() -> None:
    assert pixels(render_thumbnail(head(), Grid(RAS.shape, np.zeros((4, 4))))).shape == (160, 160, 3)


@needs_shared_data
def test_real_tumour_shows_on_its_side() -> None:
    folder = DATA / "tcga" / "TCGA-DU-7294"
    flair = read_volume(folder / "TCGA-DU-7294_flair.nii.gz", name="flair.nii.gz")
    labelmap = read_volume(tcga_fusion("TCGA-DU-7294"), name="mav.nii.gz").array

    picture = pixels(
        render_thumbnail(flair.array, flair.grid, labelmap=labelmap, scheme=SCHEMES["brats2017"])
    )

    colourful = np.ptp(picture, axis=2) > 30
    assert colourful.any()
    right_side = np.argwhere(labelmap > 0)[:, 0].mean() < 120  # LPS: small x is the patient's right
    assert (np.nonzero(colourful)[1].mean() < 80) == right_side
