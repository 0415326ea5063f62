import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from backend.numerics.errors import FusionError, GridMismatch
from backend.numerics.fusion import METHODS, fuse
from backend.numerics.labels import SCHEMES, Label, LabelScheme, Region, region_mask
from backend.numerics.volumes import read_labelmap
from tests.shared_data import DATA, TCGA_ALGORITHMS, TCGA_CASES, needs_shared_data, tcga_fusion, tcga_mask

BRATS = SCHEMES["brats2017"]
METHOD_NAMES = list(METHODS)
LABELMAPS = st.lists(
    hnp.arrays(np.uint8, (2, 3, 4), elements=st.sampled_from([0, 1, 2, 4])), min_size=1, max_size=6
)


def votes(*per_rater: int) -> list[np.ndarray]:
    """One voxel, as each rater labels it."""
    return [np.array([[[label]]], dtype=np.uint8) for label in per_rater]


def fused_label(method: str, *per_rater: int, scheme: LabelScheme = BRATS) -> int:
    return int(fuse(votes(*per_rater), method=method, scheme=scheme).labelmap[0, 0, 0])


@pytest.mark.parametrize(
    ("method", "per_rater", "expected"),
    [
        ("majority", (1, 1, 0), 1),
        ("majority", (1, 1, 0, 0), 0),  # half is not more than half
        ("majority", (1, 2, 4), 0),
        ("majority", (1, 1, 2, 4, 0), 0),
        ("plurality", (1, 1, 2, 4, 0), 1),
        ("plurality", (4, 4, 2, 2, 1), 2),  # ties go to the lower label
        ("plurality", (4, 4, 0, 0), 0),
        ("brats_hierarchical", (2, 2, 0, 0), 2),  # half is enough
        ("brats_hierarchical", (2, 0, 0), 0),
        ("brats_hierarchical", (1, 4, 2, 0), 1),  # three for the tumour, two for its core, one for enhancing
        ("brats_hierarchical", (4, 4, 2, 0), 4),
        ("brats_hierarchical", (1, 2, 4, 0, 0), 2),
    ],
)
def test_votes_on_one_voxel(method: str, per_rater: tuple[int, ...], expected: int) -> None:
    assert fused_label(method, *per_rater) == expected


def test_hierarchical_core_takes_its_most_voted_label_ties_to_the_lower() -> None:
    scheme = SCHEMES["brats2015"]

    assert fused_label("brats_hierarchical", 3, 3, 1, 4, scheme=scheme) == 3
    assert fused_label("brats_hierarchical", 3, 1, 2, 0, scheme=scheme) == 1


def test_hierarchical_vote_leaves_labels_of_no_region_to_a_majority() -> None:
    scheme = SCHEMES["wmh2017"]

    assert fused_label("brats_hierarchical", 2, 2, 1, scheme=scheme) == 2
    assert fused_label("brats_hierarchical", 2, 2, 1, 1, scheme=scheme) == 1


def test_absent_raters_have_no_vote() -> None:
    one, two, three = votes(1, 1, 0)

    fusion = fuse([None, one, None, two, three], method="majority", scheme=BRATS)

    assert fusion.labelmap.item() == 1
    assert fusion.agreement.item() == 67


def test_agreement_is_the_percentage_that_chose_the_fused_label() -> None:
    fusion = fuse(votes(1, 1, 1, 2, 0), method="majority", scheme=BRATS)
    outvoted = fuse(votes(1, 1, 2, 2, 0), method="majority", scheme=BRATS)

    assert fusion.agreement.dtype == np.uint8
    assert (fusion.agreement.item(), outvoted.agreement.item()) == (60, 20)


@given(LABELMAPS, st.randoms(use_true_random=False), st.sampled_from(METHOD_NAMES))
def test_order_of_raters_does_not_matter(labelmaps: list[np.ndarray], random: object, method: str) -> None:
    shuffled: list[np.ndarray | None] = [*labelmaps, None]
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    one, other = (fuse(x, method=method, scheme=BRATS) for x in (labelmaps, shuffled))

    assert np.array_equal(one.labelmap, other.labelmap)
    assert np.array_equal(one.agreement, other.agreement)


@given(LABELMAPS, st.sampled_from(METHOD_NAMES))
def test_raters_who_agree_are_followed(labelmaps: list[np.ndarray], method: str) -> None:
    fusion = fuse([labelmaps[0]] * len(labelmaps), method=method, scheme=BRATS)

    assert np.array_equal(fusion.labelmap, labelmaps[0])
    assert (fusion.agreement == 100).all()


@given(LABELMAPS)
def test_majority_is_what_counting_each_label_gives(labelmaps: list[np.ndarray]) -> None:
    expected = np.zeros_like(labelmaps[0])
    for label in (1, 2, 4):
        expected[sum((x == label).astype(int) for x in labelmaps) * 2 > len(labelmaps)] = label

    assert np.array_equal(fuse(labelmaps, method="majority", scheme=BRATS).labelmap, expected)


@given(LABELMAPS)
def test_hierarchical_regions_hold_where_half_of_the_raters_have_them(labelmaps: list[np.ndarray]) -> None:
    fused = fuse(labelmaps, method="brats_hierarchical", scheme=BRATS).labelmap

    for region in BRATS.regions:
        supporters = sum(region_mask(x, region, BRATS).astype(int) for x in labelmaps)
        assert np.array_equal(region_mask(fused, region, BRATS), 2 * supporters >= len(labelmaps))


@given(LABELMAPS, st.sampled_from(METHOD_NAMES))
def test_memory_order_does_not_matter(labelmaps: list[np.ndarray], method: str) -> None:
    mixed = [np.asfortranarray(x) if k % 2 else x for k, x in enumerate(labelmaps)]

    one = fuse(labelmaps, method=method, scheme=BRATS)
    for others in (mixed, [np.asfortranarray(x) for x in labelmaps]):
        other = fuse(others, method=method, scheme=BRATS)
        assert np.array_equal(one.labelmap, other.labelmap)
        assert np.array_equal(one.agreement, other.agreement)


@given(LABELMAPS, st.randoms(use_true_random=False), st.sampled_from(METHOD_NAMES))
def test_what_lies_under_an_unsure_mark_does_not_matter(
    labelmaps: list[np.ndarray], random: Any, method: str
) -> None:
    rng = np.random.default_rng(random.getrandbits(32))
    unsure = [rng.random(x.shape) < 0.3 if k % 2 else None for k, x in enumerate(labelmaps)]
    scribbled = [
        x if mask is None else np.where(mask, rng.choice([0, 1, 2, 4], x.shape), x).astype(np.uint8)
        for x, mask in zip(labelmaps, unsure, strict=True)
    ]

    one, other = (fuse(x, method=method, scheme=BRATS, unsure=unsure) for x in (labelmaps, scribbled))

    assert np.array_equal(one.labelmap, other.labelmap)
    assert np.array_equal(one.agreement, other.agreement)


@pytest.mark.parametrize(
    ("method", "expected"), [("majority", 1), ("plurality", 1), ("brats_hierarchical", 1)]
)
def test_a_rater_who_is_unsure_has_no_vote(method: str, expected: int) -> None:
    unsure = [None, None, *[np.ones((1, 1, 1), bool)] * 2]

    fusion = fuse(votes(1, 1, 0, 4), method=method, scheme=BRATS, unsure=unsure)

    assert fusion.labelmap.item() == expected
    assert fusion.agreement.item() == 100


@pytest.mark.parametrize("method", METHOD_NAMES)
def test_where_nobody_is_sure_there_is_background_and_no_agreement(method: str) -> None:
    labelmaps = [np.full((2, 2, 5), 4, np.uint8) for _ in range(3)]
    nowhere_sure = [np.ones((2, 2, 5), bool)] * 3

    fusion = fuse(labelmaps, method=method, scheme=BRATS, unsure=nowhere_sure)

    assert not fusion.labelmap.any()
    assert not fusion.agreement.any()


@pytest.mark.parametrize("method", METHOD_NAMES)
@pytest.mark.parametrize("dtype", [np.int16, np.int32, np.int64, np.uint16])
def test_any_integers_may_hold_the_labels(method: str, dtype: type) -> None:
    rng = np.random.default_rng(0)
    labelmaps = [rng.choice([0, 1, 2, 4], (5, 6, 7)) for _ in range(4)]

    fusion = fuse([x.astype(dtype) for x in labelmaps], method=method, scheme=BRATS)

    expected = fuse([x.astype(np.uint8) for x in labelmaps], method=method, scheme=BRATS)
    assert np.array_equal(fusion.labelmap, expected.labelmap)


def test_labels_above_a_byte_survive() -> None:
    labelmaps = [np.array([[[0, 300, 1000]]], np.int32), np.array([[[0, 300, 70000]]], np.int32)]

    fused = fuse([*labelmaps, labelmaps[1]], method="majority", scheme=BRATS).labelmap

    assert fused.ravel().tolist() == [0, 300, 70000]


@pytest.mark.parametrize("method", METHOD_NAMES)
def test_many_raters_have_many_patterns(method: str) -> None:
    """Twenty raters overflow one table of patterns; a vote counted voxel by voxel is the oracle."""
    rng = np.random.default_rng(0)
    labelmaps = [
        rng.choice([0, 1, 2, 4], (9, 9, 9), p=[0.4, 0.1, 0.4, 0.1]).astype(np.uint8) for _ in range(20)
    ]

    fusion = fuse(labelmaps, method=method, scheme=BRATS)

    counts = np.stack([sum((x == value).astype(int) for x in labelmaps) for value in (0, 1, 2, 4)])
    if method == "plurality":
        assert np.array_equal(fusion.labelmap, np.array([0, 1, 2, 4])[counts.argmax(axis=0)])
    rows = np.searchsorted([0, 1, 2, 4], fusion.labelmap)
    chosen = np.take_along_axis(counts, rows[np.newaxis], axis=0)[0]
    assert np.array_equal(fusion.agreement, np.rint(100 * chosen / 20))


@pytest.mark.parametrize("method", METHOD_NAMES)
def test_methods_say_all_that_decided(method: str) -> None:
    labelmaps = [np.array([[[0, 1, 2, 4]]], np.uint8), None, np.array([[[0, 1, 2, 2]]], np.uint8)]

    fusion = fuse(labelmaps, method=method, scheme=BRATS)

    declared = {parameter.name: parameter.default for parameter in METHODS[method].parameters}
    described = json.loads(json.dumps(fusion.describe()))
    assert described["parameters"] == declared
    assert described["labels"] == [0, 1, 2, 4]
    assert len(described["raters"]) == 3
    assert described["raters"][1] is None


def test_a_wrong_number_of_unsure_masks_is_refused() -> None:
    with pytest.raises(FusionError, match="2 raters need as many unsure masks, not 1"):
        fuse(votes(1, 1), method="majority", scheme=BRATS, unsure=[None])
    with pytest.raises(GridMismatch, match="unsure masks differ"):
        fuse(votes(1), method="majority", scheme=BRATS, unsure=[np.zeros((2, 1, 1), bool)])


def test_nobody_present_is_refused() -> None:
    with pytest.raises(FusionError, match="no labelmap to fuse"):
        fuse([None, None], method="majority", scheme=BRATS)


def test_unknown_method_and_parameters_are_refused() -> None:
    with pytest.raises(FusionError, match="no fusion method 'staple2'; choose one of majority"):
        fuse(votes(1), method="staple2", scheme=BRATS)
    with pytest.raises(FusionError, match="takes no parameters, but threshold"):
        fuse(votes(1), method="majority", scheme=BRATS, parameters={"threshold": 0.5})


@pytest.mark.parametrize("value", [10**400, -1, float("nan"), float("inf")])
def test_parameters_beyond_their_bounds_are_refused(value: float) -> None:
    with pytest.raises(FusionError, match=r"spread .* is out of range; it lies between 0 and 10"):
        fuse(votes(1), method="simple", scheme=BRATS, parameters={"spread": value})


def test_shapes_that_differ_are_refused() -> None:
    with pytest.raises(GridMismatch, match="2×2×2 and 1×1×1"):
        fuse([*votes(1), np.zeros((2, 2, 2), np.uint8)], method="majority", scheme=BRATS)


def test_hierarchical_vote_needs_nested_regions() -> None:
    scheme = LabelScheme(
        "apart",
        "Apart",
        (Label(1, "a", "#ffffff"), Label(2, "b", "#ffffff")),
        (Region("one", "One", (1,)), Region("two", "Two", (2,))),
    )

    with pytest.raises(FusionError, match="Two does not lie within One"):
        fuse(votes(1, 2), method="brats_hierarchical", scheme=scheme)


@needs_shared_data
@pytest.mark.parametrize("case", TCGA_CASES)
def test_majority_reproduces_the_published_fusion_voxel_for_voxel(case: str) -> None:
    raters = [read_labelmap(tcga_mask(case, x), name="x.nii.gz").array for x in TCGA_ALGORITHMS]
    published = read_labelmap(tcga_fusion(case), name="mav.nii.gz").array

    majority = fuse(raters, method="majority", scheme=BRATS).labelmap
    plurality = fuse(raters, method="plurality", scheme=BRATS).labelmap

    assert np.array_equal(majority, published)
    assert 180 < np.count_nonzero(plurality != published) < 200


@needs_shared_data
def test_unanimous_networks_are_followed() -> None:
    """Two networks of which one is sent twice: the pair outvotes the other."""
    paths = [DATA / "labelfusion" / f"{name}.nii.gz" for name in ("unet", "unet", "resunet")]
    raters = [read_labelmap(path, name=path.name).array for path in paths]

    assert np.array_equal(fuse(raters, method="majority", scheme=BRATS).labelmap, raters[0])
