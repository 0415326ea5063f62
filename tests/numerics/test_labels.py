import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from backend.numerics.errors import LossyConversion
from backend.numerics.label_conversion import check_labels, convert_labels
from backend.numerics.labels import (
    SCHEMES,
    UNSURE,
    Label,
    LabelScheme,
    Region,
    drop_unsure,
    region_mask,
    split_unsure,
)

# slug: complete, core, enhancing
TUMOUR_REGIONS = {
    "brats2015": ((1, 2, 3, 4), (1, 3, 4), (4,)),
    "brats2017": ((1, 2, 4), (1, 4), (4,)),
    "brats2023": ((1, 2, 3), (1, 3), (3,)),
    "msd_task01": ((1, 2, 3), (2, 3), (3,)),
}
SLUGS = list(TUMOUR_REGIONS)


def holding(*values: int) -> np.ndarray:
    return np.array([[[0, *values]]], dtype=np.uint8)


@pytest.mark.parametrize("slug", SLUGS)
def test_tumour_regions_are_those_of_the_challenges(slug: str) -> None:
    regions = SCHEMES[slug].regions

    assert [region.key for region in regions] == ["complete", "core", "enhancing"]
    assert tuple(region.labels for region in regions) == TUMOUR_REGIONS[slug]


def test_wmh_excludes_other_pathology() -> None:
    scheme = SCHEMES["wmh2017"]

    assert scheme.excluded == (2,)
    assert scheme.region("lesion").labels == (1,)


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=list(SCHEMES))
def test_scheme_survives_json(scheme: LabelScheme) -> None:
    assert LabelScheme.from_json(json.loads(json.dumps(scheme.to_json()))) == scheme


def test_an_organizer_may_define_a_sixth_scheme() -> None:
    """The background article's numbering: 1 healthy … 5 enhancing."""
    names = ["healthy", "edema", "necrosis", "non-enhancing", "enhancing"]
    scheme = LabelScheme(
        "article",
        "Article",
        tuple(Label(value, name, "#ffffff") for value, name in enumerate(names, start=1)),
        (Region("core", "Core", (5, 4, 3)),),
    )

    converted = convert_labels(holding(2, 3, 4, 5), scheme, SCHEMES["brats2017"])

    assert scheme.region("core").labels == (3, 4, 5)
    assert converted.ravel().tolist() == [0, 2, 1, 1, 4]


def test_region_of_an_undefined_label_is_refused() -> None:
    with pytest.raises(ValueError, match="used and not defined"):
        LabelScheme("x", "X", (Label(1, "a", "#fff"),), (Region("r", "R", (1, 2)),))


def test_label_zero_is_background_and_no_label() -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        Label(0, "nothing", "#000000")


def test_region_mask_is_where_a_label_of_the_region_is() -> None:
    mask = region_mask(holding(1, 2, 4), "core", SCHEMES["brats2017"])

    assert mask.ravel().tolist() == [False, True, False, True]


def test_known_labels_need_no_suggestion() -> None:
    report = check_labels(holding(1, 4), SCHEMES["brats2017"])

    assert (report.found, report.unknown, report.suggestion) == ((1, 4), (), None)


def test_labels_1_2_3_in_a_1_2_4_scheme_are_recognised() -> None:
    report = check_labels(holding(1, 2, 3), SCHEMES["brats2017"])

    assert report.unknown == (3,)
    assert report.suggestion is not None
    assert "labels 1 2 3 look like BraTS 2023: change 3 (enhancing) to 4" in report.suggestion
    assert "Task01: change 1 (edema) to 2, 2 (non-enhancing) to 1 and 3 (enhancing) to 4" in report.suggestion


def test_labels_1_2_4_in_a_1_2_3_scheme_are_recognised() -> None:
    report = check_labels(holding(1, 2, 4), SCHEMES["brats2023"])

    assert report.suggestion == "labels 1 2 4 look like BraTS 2017–2021: change 4 (enhancing) to 3"


def test_four_labels_in_a_1_2_4_scheme_are_recognised_as_2015() -> None:
    report = check_labels(holding(1, 2, 3, 4), SCHEMES["brats2017"])

    assert report.suggestion == "labels 1 2 3 4 look like BraTS 2012–2015: change 3 (non-enhancing) to 1"


@pytest.mark.parametrize("slug", list(SCHEMES))
def test_labels_that_no_scheme_has_get_no_suggestion(slug: str) -> None:
    report = check_labels(holding(3, 5, 6), SCHEMES[slug])

    assert set(report.unknown) >= {5, 6}
    assert report.suggestion is None


@pytest.mark.parametrize(
    ("source", "target", "values", "expected"),
    [
        ("brats2023", "brats2017", (1, 2, 3), [0, 1, 2, 4]),
        ("brats2017", "brats2023", (1, 2, 4), [0, 1, 2, 3]),
        ("msd_task01", "brats2017", (1, 2, 3), [0, 2, 1, 4]),
        ("brats2015", "brats2017", (1, 2, 3, 4), [0, 1, 2, 1, 4]),
        ("brats2017", "brats2015", (2, 4), [0, 2, 4]),
    ],
)
def test_schemes_convert_where_the_meaning_allows(
    source: str, target: str, values: tuple[int, ...], expected: list[int]
) -> None:
    assert convert_labels(holding(*values), SCHEMES[source], SCHEMES[target]).ravel().tolist() == expected


def test_necrosis_and_non_enhancing_cannot_be_split() -> None:
    with pytest.raises(LossyConversion, match=r"cannot be told apart into 1 \(necrosis\) and 3"):
        convert_labels(holding(1, 2, 4), SCHEMES["brats2017"], SCHEMES["brats2015"])


def test_tumour_labels_mean_nothing_in_wmh() -> None:
    with pytest.raises(LossyConversion, match="no counterpart in WMH 2017"):
        convert_labels(holding(2), SCHEMES["brats2017"], SCHEMES["wmh2017"])


def test_label_outside_the_source_scheme_is_not_converted() -> None:
    with pytest.raises(LossyConversion, match="label 3 is not a label of BraTS 2017"):
        convert_labels(holding(3), SCHEMES["brats2017"], SCHEMES["brats2023"])


@given(
    array=hnp.arrays(np.uint8, (3, 4, 5), elements=st.integers(0, 3)),
    source=st.sampled_from(["brats2023", "msd_task01"]),
    target=st.sampled_from(["brats2017", "brats2023", "msd_task01"]),
)
def test_conversion_keeps_every_region(array: np.ndarray, source: str, target: str) -> None:
    converted = convert_labels(array, SCHEMES[source], SCHEMES[target])

    for key in ("complete", "core", "enhancing"):
        before, after = region_mask(array, key, SCHEMES[source]), region_mask(converted, key, SCHEMES[target])
        assert np.array_equal(before, after)
    assert np.array_equal(convert_labels(converted, SCHEMES[target], SCHEMES[source]), array)


@given(
    labels=hnp.arrays(np.uint8, (3, 4, 5), elements=st.sampled_from([0, 1, 2, 4])),
    marked=hnp.arrays(np.bool_, (3, 4, 5)),
)
def test_unsure_voxels_keep_their_label(labels: np.ndarray, marked: np.ndarray) -> None:
    told, unsure = split_unsure(labels | np.where(marked, UNSURE, 0).astype(np.uint8), SCHEMES["brats2017"])

    assert told.dtype == np.uint8
    assert np.array_equal(told, labels)
    assert np.array_equal(marked, unsure) if marked.any() else unsure is None


def test_without_unsure_voxels_nothing_is_copied() -> None:
    labelmap = holding(1, 2, 4)

    assert split_unsure(labelmap, SCHEMES["brats2017"]) == (labelmap, None)
    assert drop_unsure(labelmap, SCHEMES["brats2017"]) is labelmap


def test_a_scheme_that_uses_the_bit_for_labels_marks_nothing() -> None:
    atlas = LabelScheme("atlas", "Atlas", (Label(3, "a", "#ffffff"), Label(131, "b", "#ffffff")), ())
    labelmap = holding(3, 131)

    assert not atlas.knows_unsure
    assert split_unsure(labelmap, atlas) == (labelmap, None)


def test_values_beyond_a_byte_are_no_marked_labels() -> None:
    labelmap = holding(1, 2).astype(np.int16) + 128

    assert drop_unsure(labelmap, SCHEMES["brats2017"]) is labelmap
