import numpy as np
import pytest
import SimpleITK

from backend.numerics.errors import FusionError
from backend.numerics.fusion import Fusion, fuse
from backend.numerics.labels import SCHEMES, Label, LabelScheme, Region
from backend.numerics.signed_distances import signed_distances_mm
from tests.phantoms import SHAPE, ball, tumour

BRATS = SCHEMES["brats2017"]
LESION = SCHEMES["wmh2017"]


def averaged(
    labelmaps: list, *, scheme: LabelScheme = LESION, unsure: list | None = None, **options
) -> Fusion:
    spacing_mm = options.pop("spacing_mm", (1.0, 1.0, 1.0))
    return fuse(
        labelmaps,
        method="shape_average",
        scheme=scheme,
        parameters=options,
        unsure=unsure,
        spacing_mm=spacing_mm,
    )


def slab(start: int, stop: int) -> np.ndarray:
    labels = np.zeros(SHAPE, np.uint8)
    labels[start:stop] = 1
    return labels


def signed_distance_mm(mask: np.ndarray, *, spacing_mm: tuple, limit_mm: float) -> np.ndarray:
    """Of every voxel."""
    everywhere = np.ones(mask.shape, bool)
    distances = signed_distances_mm(mask, everywhere, spacing_mm=spacing_mm, limit_mm=limit_mm)
    return distances.reshape(mask.shape)


def test_boundaries_meet_in_the_middle() -> None:
    """Slabs that end at 10 and at 16: every vote fails or holds for all between, the mean lies at 13."""
    fused = averaged([slab(4, 10), slab(4, 16)]).labelmap

    assert np.array_equal(fused, slab(4, 13))


def test_the_mean_of_two_balls_is_a_ball_between_them() -> None:
    small, large = (ball((16, 16, 16), radius).astype(np.uint8) for radius in (5, 11))

    fused = averaged([small, large]).labelmap.astype(bool)

    assert fused[ball((16, 16, 16), 7)].all()
    assert not fused[~ball((16, 16, 16), 9)].any()


def test_distances_are_in_mm() -> None:
    """Along the axis with voxels of 3 mm one voxel counts as much as three of the others."""
    mask = np.zeros((9, 9, 9), bool)
    mask[4, 4, 4] = True

    distance = signed_distance_mm(mask, spacing_mm=(1, 1, 3), limit_mm=100)

    assert distance[4, 4, 4] == 1
    assert distance[4, 6, 4] == -2
    assert distance[4, 4, 6] == -6
    assert distance[8, 7, 4] == -5


def test_distances_equal_an_independent_tool() -> None:
    rng = np.random.default_rng(0)
    mask = rng.random((14, 15, 16)) < 0.3
    spacing_mm = (0.7, 1.3, 2.0)
    ours = signed_distance_mm(mask, spacing_mm=spacing_mm, limit_mm=100)

    image = SimpleITK.GetImageFromArray(mask.astype(np.uint8).T)
    image.SetSpacing(spacing_mm)
    for sign, source in ((1, image == 0), (-1, image)):
        squared = SimpleITK.SignedMaurerDistanceMap(source, squaredDistance=False, useImageSpacing=True)
        outside = SimpleITK.GetArrayFromImage(squared).T
        side = mask if sign > 0 else ~mask
        assert ours[side] * sign == pytest.approx(outside[side], abs=1e-5)


def test_limits_hold_for_empty_and_full_masks() -> None:
    for value, limit in ((False, -5), (True, 5)):
        distance = signed_distance_mm(np.full((3, 3, 3), value), spacing_mm=(1, 1, 1), limit_mm=5)
        assert (distance == limit).all()


@pytest.mark.parametrize("upside_down", [False, True])
def test_the_crop_changes_nothing(upside_down: bool) -> None:
    """Against the mean over the whole grid, of regions that touch its border or end where the box does."""
    rng = np.random.default_rng(1)
    balls = [ball(rng.uniform(0, 31, 3), rng.uniform(4, 12)) for _ in range(3)]
    slabs = [slab(4, 20).astype(bool), slab(18, 20).astype(bool)]
    spacing_mm = (1.0, 0.8, 2.5)
    for masks in (balls, slabs):
        drawn = [x[::-1, ::-1, ::-1] if upside_down else x for x in masks]

        fused = averaged([x.astype(np.uint8) for x in drawn], spacing_mm=spacing_mm).labelmap

        mean = sum(signed_distance_mm(x, spacing_mm=spacing_mm, limit_mm=20) for x in drawn)
        assert np.array_equal(fused.astype(bool), mean > 1e-9)


def test_one_empty_rater_does_not_take_all_away() -> None:
    raters = [slab(4, 20), slab(4, 20), slab(4, 4)]

    assert averaged(list(raters), limit_mm=4).labelmap.any()
    assert not averaged(list(raters), limit_mm=1000).labelmap.any()


def test_regions_nest_and_keep_their_labels() -> None:
    fusion = averaged([tumour(radius=8), tumour(radius=10)], scheme=BRATS)

    fused, means = fusion.labelmap, [tumour(radius=r) for r in (8, 10)]
    assert set(np.unique(fused)) == {0, 1, 2, 4}
    for labels in ((1, 2, 4), (1, 4), (4,)):
        inner, outer = (np.isin(x, labels) for x in means)
        region = np.isin(fused, labels)
        assert (region >= inner).all()
        assert (region <= outer).all()
        assert inner.sum() < region.sum() < outer.sum()


def test_raters_may_come_in_any_order() -> None:
    raters = [tumour((16, 16, 16)), tumour((18, 15, 14)), tumour((13, 16, 17), radius=6)]

    one, other = (
        averaged([*raters, None], scheme=BRATS),
        averaged([raters[2], None, *raters[:2]], scheme=BRATS),
    )

    assert np.array_equal(one.labelmap, other.labelmap)
    assert np.array_equal(one.agreement, other.agreement)


def test_unsure_voxels_are_left_to_the_others() -> None:
    raters = [slab(4, 10), slab(4, 16), slab(4, 16)]
    unsure = np.zeros(SHAPE, bool)
    unsure[9:] = True
    expected = averaged([slab(4, 16), slab(4, 16)]).labelmap

    fused = averaged(list(raters), unsure=[unsure, None, None]).labelmap

    assert np.array_equal(fused[9:], expected[9:])
    assert np.array_equal(fused[:9], expected[:9])


def test_regions_must_nest() -> None:
    apart = LabelScheme(
        "apart",
        "Apart",
        (Label(1, "a", "#ffffff"), Label(2, "b", "#ffffff")),
        (Region("one", "One", (1,)), Region("two", "Two", (2,))),
    )
    with pytest.raises(FusionError, match="Two does not lie within One"):
        averaged([slab(1, 2)], scheme=apart)
