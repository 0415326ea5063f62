import gzip
import io
import zipfile

import nibabel as nib
import numpy as np
import pytest
from scipy import ndimage

from backend.demo import tumours
from backend.demo.contrast import SEQUENCES
from backend.demo.material import dataset_archive, make_material
from backend.demo.phantom import PhantomCase, make_case
from backend.demo.tumours import EDEMA, ENHANCING, NECROSIS, NON_ENHANCING


def _median(case: PhantomCase, sequence: str, *labels: int) -> float:
    return float(np.median(case.images[sequence][np.isin(case.labelmap, labels)]))


def _healthy(case: PhantomCase, sequence: str) -> float:
    return float(np.median(case.images[sequence][(case.images["t1"] > 0) & (case.labelmap == 0)]))


def test_same_index_gives_the_same_files() -> None:
    first, second = (make_material(2, tiny=True) for _ in range(2))

    assert first.images == second.images
    assert first.drawn == second.drawn
    assert (len(first.images), len(first.drawn)) == (4, 5)


def test_another_seed_or_index_gives_another_case() -> None:
    images = [make_case(i, seed=s, tiny=True).images["flair"].tobytes() for i, s in ((0, 1), (0, 2), (1, 1))]

    assert len(set(images)) == 3


def test_archive_reads_back_in_lps_with_its_voxels() -> None:
    made = make_material(0, tiny=True)

    with zipfile.ZipFile(io.BytesIO(dataset_archive([made]))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}

    assert set(files) == {f"Phantom-001/Phantom-001_{sequence}.nii.gz" for sequence in SEQUENCES}
    for sequence in SEQUENCES:
        data = gzip.decompress(files[f"Phantom-001/Phantom-001_{sequence}.nii.gz"])
        image = nib.Nifti1Image.from_bytes(data)
        assert nib.aff2axcodes(image.affine) == ("L", "P", "S")
        assert image.get_data_dtype() == np.int16
        np.testing.assert_allclose(image.affine, image.header.get_qform(), atol=1e-5)
        np.testing.assert_array_equal(np.asanyarray(image.dataobj), made.phantom.images[sequence])


def test_all_sequences_share_one_brain_on_a_background_of_zero(tiny_cases: list[PhantomCase]) -> None:
    for case in tiny_cases:
        brains = [case.images[s] > 0 for s in SEQUENCES]
        assert all((brain == brains[0]).all() for brain in brains)
        assert not brains[0][[0, -1]].any()
        assert brains[0][case.labelmap > 0].all()


def test_enhancing_kinds_hold_enhancing_tissue_and_low_grade_none(tiny_cases: list[PhantomCase]) -> None:
    for case in tiny_cases:
        labels = set(np.unique(case.labelmap).tolist())
        if case.kind == tumours.LOW_GRADE.name:
            assert labels == {0, EDEMA, NON_ENHANCING}
        else:
            assert {0, EDEMA, ENHANCING} <= labels


def test_cycle_of_kinds_contains_each_at_least_once(tiny_cases: list[PhantomCase]) -> None:
    assert {case.kind for case in tiny_cases} == {kind.name for kind in tumours.KINDS}
    assert len({case.name for case in tiny_cases}) == 12


def test_core_volume_keeps_to_the_kinds_range(tiny_cases: list[PhantomCase]) -> None:
    for case, kind in zip(tiny_cases, tumours.KINDS, strict=True):
        core = np.isin(case.labelmap, (NECROSIS, NON_ENHANCING, ENHANCING))
        volume_ml = np.count_nonzero(core) * float(np.prod(case.spacing_mm)) / 1000
        assert 0.9 * kind.core_ml[0] <= volume_ml <= 1.6 * kind.core_ml[1]


def test_multifocal_case_has_separate_foci(tiny_cases: list[PhantomCase]) -> None:
    case = next(case for case in tiny_cases if case.kind == tumours.MULTIFOCAL.name)

    _, foci = ndimage.label(np.isin(case.labelmap, (NECROSIS, NON_ENHANCING, ENHANCING)), np.ones((3, 3, 3)))

    assert foci >= 2


@pytest.mark.parametrize("sequence", ["flair", "t2"])
def test_edema_is_brighter_than_healthy_brain(sequence: str, mni_case: PhantomCase) -> None:
    assert _median(mni_case, sequence, EDEMA) > 1.15 * _healthy(mni_case, sequence)


def test_contrast_agent_brightens_the_rim_and_leaves_the_necrosis_dark(mni_case: PhantomCase) -> None:
    assert _median(mni_case, "t1ce", ENHANCING) > 1.15 * _healthy(mni_case, "t1ce")
    assert _median(mni_case, "t1ce", NECROSIS) < 0.7 * _healthy(mni_case, "t1ce")
    assert _median(mni_case, "t1", ENHANCING) < _healthy(mni_case, "t1")


def test_necrosis_lies_within_the_enhancing_rim(mni_case: PhantomCase) -> None:
    beside = ndimage.binary_dilation(mni_case.labelmap == NECROSIS) & (mni_case.labelmap != NECROSIS)

    neighbours = mni_case.labelmap[beside]

    assert np.mean(neighbours == ENHANCING) > 0.5
    assert np.mean(neighbours == EDEMA) < 0.1


def test_csf_is_dark_on_flair_and_t1_and_bright_on_t2(mni_case: PhantomCase) -> None:
    images, brain = mni_case.images, mni_case.images["t1"] > 0
    deep = ndimage.distance_transform_edt(brain, sampling=mni_case.spacing_mm) > 20
    fluid = deep & (mni_case.labelmap == 0) & (images["t2"] > 2 * _healthy(mni_case, "t2"))

    assert np.count_nonzero(fluid) * np.prod(mni_case.spacing_mm) > 4000
    assert np.median(images["flair"][fluid]) < 0.5 * _healthy(mni_case, "flair")
    assert np.median(images["t1"][fluid]) < 0.6 * _healthy(mni_case, "t1")


def test_brain_has_the_size_of_an_adults(mni_case: PhantomCase) -> None:
    volume_ml = np.count_nonzero(mni_case.images["t1"]) * float(np.prod(mni_case.spacing_mm)) / 1000

    assert 1300 < volume_ml < 2300


def test_tumour_stays_on_its_side_of_the_falx(mni_case: PhantomCase) -> None:
    """The first case is not one that crosses the corpus callosum."""
    middle = mni_case.labelmap.shape[0] // 2
    halves = [np.count_nonzero(half) for half in (mni_case.labelmap[:middle], mni_case.labelmap[middle:])]

    assert min(halves) < 0.05 * max(halves)
