"""The cases of the benchmarks: the same on every machine, and what they are said to be."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage

from backend.numerics.volumes import read_labelmap
from benchmarks.cases import Shape, make_case, make_raters, scatter_islands, scatter_lesions, write_labelmap

SMALL: Shape = (60, 62, 48)


def test_the_same_seed_gives_the_same_voxels() -> None:
    first, second = make_case(3, SMALL), make_case(3, SMALL)

    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])
    assert not np.array_equal(first[0], make_case(4, SMALL)[0])


def test_voxels_stay_what_they_were_when_results_were_published() -> None:
    digest = hashlib.sha256(b"".join(array.tobytes("F") for array in make_case(0, SMALL))).hexdigest()

    assert digest == "8d4919bd15ff7a88a0b73abf5fbe38bd6619703642da797128fb5a54874cd51d"


def test_a_case_has_three_nested_regions_and_a_prediction_that_errs() -> None:
    reference, prediction = make_case(0, SMALL)

    for labelmap in (reference, prediction):
        assert labelmap.flags.f_contiguous
        assert set(np.unique(labelmap)) == {0, 1, 2, 3}
    common = np.count_nonzero((reference > 0) & (prediction > 0))
    dice = 2 * common / (np.count_nonzero(reference) + np.count_nonzero(prediction))
    assert 0.6 < dice < 0.99


def test_raters_differ_and_use_all_labels() -> None:
    raters = make_raters(0, 3, SMALL)

    assert all(set(np.unique(drawn)) == {0, 1, 2, 3, 4} for drawn in raters)
    assert not np.array_equal(raters[0], raters[1])


@pytest.mark.parametrize("count", [1, 10, 500])
def test_islands_are_single_voxels_that_do_not_touch(count: int) -> None:
    islands = scatter_islands(SMALL, count, seed=1)

    _, found = ndimage.label(islands, structure=np.ones((3, 3, 3)))
    assert found == count == np.count_nonzero(islands)


def test_lesions_stay_separate_when_dilated_three_times() -> None:
    lesions = scatter_lesions((120, 120, 120), 20)

    grown = ndimage.binary_dilation(lesions > 0, ndimage.generate_binary_structure(3, 2), iterations=3)
    assert ndimage.label(grown, structure=np.ones((3, 3, 3)))[1] == 20


def test_files_hold_the_voxels(tmp_path: Path) -> None:
    reference, _ = make_case(0, SMALL)

    path = write_labelmap(tmp_path / "reference.nii.gz", reference)

    assert np.array_equal(read_labelmap(path, name=path.name).array, reference)
