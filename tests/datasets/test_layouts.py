import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.datasets.layouts import UNRECOGNISED, Recognised, recognise, sequence_key
from tests.shared_data import DATA, TCGA_ALGORITHMS, TCGA_CASES, needs_shared_data

MODALITIES = {"0": "FLAIR", "1": "T1w", "2": "t1gd", "3": "T2w"}


def recognise_with_json(description: object, *paths: str, folder: str = "") -> Recognised:
    name = f"{folder}dataset.json"
    return recognise([name, *(folder + path for path in paths)], read_text=lambda _: json.dumps(description))


def reasons(recognised: Recognised) -> dict[str, str]:
    return {ignored.path: ignored.reason for ignored in recognised.ignored}


def test_brats2015() -> None:
    folder = "BRATS2015_Training/HGG/brats_2013_pat0001_1"
    paths = {
        key: f"{folder}/VSD.Brain.XX.O.MR_{name}.5451{k}/VSD.Brain.XX.O.MR_{name}.5451{k}.mha"
        for k, (key, name) in enumerate({"flair": "Flair", "t1": "T1", "t1c": "T1c", "t2": "T2"}.items())
    }
    truth = f"{folder}/VSD.Brain_3more.XX.O.OT.54517/VSD.Brain_3more.XX.O.OT.54517.mha"

    found = recognise([*paths.values(), truth])

    (case,) = found.cases
    assert found.layout == "brats2015"
    assert (case.name, dict(case.images), case.reference) == ("brats_2013_pat0001_1", paths, truth)
    assert found.ignored == found.questions == ()


def test_cases_of_one_name_in_both_grades_stay_apart() -> None:
    names = [f"{grade}/pat1/VSD.Brain.XX.O.MR_T1.1/VSD.Brain.XX.O.MR_T1.1.mha" for grade in ("HGG", "LGG")]

    assert [case.name for case in recognise(names).cases] == ["HGG-pat1", "LGG-pat1"]


@pytest.mark.parametrize("prefix", ["", "HGG/", "MICCAI/Training/LGG/"])
def test_brats2017(prefix: str) -> None:
    folder = f"{prefix}BraTS_001/BraTS_001"
    found = recognise([f"{folder}_{x}.nii.gz" for x in ("flair", "t1", "t1ce", "t2", "seg")])

    (case,) = found.cases
    assert found.layout == "brats2017"
    assert case.name == "BraTS_001"
    assert case.images == {
        "flair": f"{folder}_flair.nii.gz",
        "t1": f"{folder}_t1.nii.gz",
        "t1c": f"{folder}_t1ce.nii.gz",
        "t2": f"{folder}_t2.nii.gz",
    }
    assert case.reference == f"{folder}_seg.nii.gz"


def test_brats2023() -> None:
    folder = "BraTS-GLI-00001-000/BraTS-GLI-00001-000"
    found = recognise([f"{folder}-{x}.nii.gz" for x in ("t2f", "t1n", "t1c", "t2w", "seg")])

    (case,) = found.cases
    assert found.layout == "brats2023"
    assert case.images == {
        "flair": f"{folder}-t2f.nii.gz",
        "t1": f"{folder}-t1n.nii.gz",
        "t1c": f"{folder}-t1c.nii.gz",
        "t2": f"{folder}-t2w.nii.gz",
    }
    assert case.reference == f"{folder}-seg.nii.gz"


@pytest.mark.parametrize("folder", ["", "Task01_BrainTumour/"])
def test_decathlon_takes_its_channel_order_from_the_description(folder: str) -> None:
    found = recognise_with_json(
        {"modality": MODALITIES},
        "imagesTr/BRATS_001.nii.gz",
        "labelsTr/BRATS_001.nii.gz",
        "imagesTr/._BRATS_001.nii.gz",
        "imagesTs/BRATS_485.nii.gz",
        folder=folder,
    )

    first, second = found.cases
    image = f"{folder}imagesTr/BRATS_001.nii.gz"
    assert found.layout == "decathlon"
    assert first.images == dict.fromkeys(("flair", "t1", "t1c", "t2"), image)
    assert first.channels == {"flair": 0, "t1": 1, "t1c": 2, "t2": 3}
    assert first.reference == f"{folder}labelsTr/BRATS_001.nii.gz"
    assert (second.name, second.reference) == ("BRATS_485", None)
    assert set(reasons(found).values()) == {"a file of the operating system"}


def test_nnunet_raw() -> None:
    found = recognise_with_json(
        {"channel_names": {"0": "T1w", "1": "FLAIR"}},
        "imagesTr/case_7_0000.nii.gz",
        "imagesTr/case_7_0001.nii.gz",
        "imagesTr/case_7_0002.nii.gz",
        "labelsTr/case_7.nii.gz",
    )

    (case,) = found.cases
    assert found.layout == "nnunet"
    assert case.name == "case_7"
    assert case.images == {"t1": "imagesTr/case_7_0000.nii.gz", "flair": "imagesTr/case_7_0001.nii.gz"}
    assert case.channels == {}
    assert case.reference == "labelsTr/case_7.nii.gz"
    assert "not named in dataset.json" in reasons(found)["imagesTr/case_7_0002.nii.gz"]


def test_unknown_channel_names_are_kept_and_asked_about() -> None:
    found = recognise_with_json({"modality": {"0": "MRI"}}, "imagesTr/hippocampus_001.nii.gz")

    (case,) = found.cases
    assert dict(case.images) == {"mri": "imagesTr/hippocampus_001.nii.gz"}
    assert found.questions == ("channel 0 is called 'MRI' in dataset.json: which sequence is it?",)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"modality": {"a": 1}}'])
def test_unusable_description_is_a_question_and_not_a_guess(text: str) -> None:
    found = recognise(["dataset.json", "imagesTr/BRATS_001.nii.gz"], read_text=lambda _: text)

    assert found.layout == UNRECOGNISED
    assert "dataset.json" in found.questions[0]


def test_bids() -> None:
    found = recognise(
        [
            "participants.tsv",
            "sub-01/ses-a/anat/sub-01_ses-a_FLAIR.nii.gz",
            "sub-01/ses-a/anat/sub-01_ses-a_T1w.nii.gz",
            "sub-01/ses-a/anat/sub-01_ses-a_ce-gadolinium_T1w.nii.gz",
            "sub-01/ses-a/anat/sub-01_ses-a_T2w.nii.gz",
            "sub-01/ses-a/anat/sub-01_ses-a_PDw.nii.gz",
            "sub-02/anat/sub-02_T1w.nii.gz",
            "derivatives/manual/sub-01/ses-a/anat/sub-01_ses-a_dseg.nii.gz",
        ]
    )

    first, second = found.cases
    assert found.layout == "bids"
    assert (first.name, second.name) == ("sub-01_ses-a", "sub-02")
    assert first.images["t1c"].endswith("ce-gadolinium_T1w.nii.gz")
    assert first.images["t1"].endswith("sub-01_ses-a_T1w.nii.gz")
    assert set(first.images) == {"flair", "t1", "t1c", "t2"}
    assert first.reference == "derivatives/manual/sub-01/ses-a/anat/sub-01_ses-a_dseg.nii.gz"
    assert found.missing_sequences() == {"sub-02": ("flair", "t1c", "t2")}
    assert "unknown sequence PDw" in reasons(found)["sub-01/ses-a/anat/sub-01_ses-a_PDw.nii.gz"]


def test_several_bids_segmentations_are_raters_and_asked_about() -> None:
    found = recognise(
        ["sub-1/anat/sub-1_T1w.nii.gz"]
        + [f"derivatives/manual/sub-1/anat/sub-1_desc-{x}_dseg.nii.gz" for x in ("ann", "ben")]
    )

    (case,) = found.cases
    assert case.reference is None
    assert set(case.rater_labelmaps) == {"ann", "ben"}
    assert len(found.questions) == 1


def test_wmh2017() -> None:
    found = recognise(
        [
            "Utrecht/0/pre/FLAIR.nii.gz",
            "Utrecht/0/pre/T1.nii.gz",
            "Utrecht/0/pre/3DT1.nii.gz",
            "Utrecht/0/orig/FLAIR.nii.gz",
            "Utrecht/0/wmh.nii.gz",
        ]
    )

    (case,) = found.cases
    assert found.layout == "wmh2017"
    assert case.name == "0"
    assert case.images == {"flair": "Utrecht/0/pre/FLAIR.nii.gz", "t1": "Utrecht/0/pre/T1.nii.gz"}
    assert case.reference == "Utrecht/0/wmh.nii.gz"
    assert "original" in reasons(found)["Utrecht/0/orig/FLAIR.nii.gz"]
    assert "unknown sequence" in reasons(found)["Utrecht/0/pre/3DT1.nii.gz"]


def test_raters_by_folder() -> None:
    found = recognise(["all/ann/c1.nii.gz", "all/ann/c2.nii.gz", "all/ben/c1.nii.gz"])

    first, second = found.cases
    assert found.layout == "raters"
    assert (first.name, dict(first.rater_labelmaps)) == (
        "c1",
        {"ann": "all/ann/c1.nii.gz", "ben": "all/ben/c1.nii.gz"},
    )
    assert (second.name, dict(second.rater_labelmaps)) == ("c2", {"ann": "all/ann/c2.nii.gz"})


def test_raters_by_suffix() -> None:
    found = recognise(["c1/c1_ann.nii.gz", "c1/c1_ben.nii.gz", "c2/c2_ann.nii.gz"])

    assert found.layout == "raters"
    assert [dict(case.rater_labelmaps) for case in found.cases] == [
        {"ann": "c1/c1_ann.nii.gz", "ben": "c1/c1_ben.nii.gz"},
        {"ann": "c2/c2_ann.nii.gz"},
    ]


def test_raters_beside_their_images() -> None:
    found = recognise(
        ["c1/c1_flair.nii.gz", "c1/c1_rater1.nii.gz", "c1/raters/ben.nii.gz", "c1/c1_dwi.nii.gz"]
    )

    (case,) = found.cases
    assert found.layout == "brats2017"
    assert dict(case.rater_labelmaps) == {"rater1": "c1/c1_rater1.nii.gz", "ben": "c1/raters/ben.nii.gz"}
    assert "unknown sequence dwi" in reasons(found)["c1/c1_dwi.nii.gz"]


@pytest.mark.parametrize(
    "paths", [["a.nii.gz", "b.nii.gz"], ["stuff/a.nii.gz", "stuff/b.nii.gz"], ["readme.txt"], []]
)
def test_other_folders_are_unrecognised_with_a_question(paths: list[str]) -> None:
    found = recognise(paths)

    assert found.layout == UNRECOGNISED
    assert found.cases == ()
    assert len(found.questions) == 1
    assert sorted(reasons(found)) == sorted(paths)


def test_second_file_of_a_sequence_is_ignored_with_a_reason() -> None:
    found = recognise(["c/c_flair.nii", "c/c_flair.nii.gz", "c/c_t1gd.nii.gz", "c/c_t1ce.nii.gz"])

    assert len(found.cases[0].images) == 2
    assert sorted(reasons(found).values()) == ["a second flair of case c", "a second t1c of case c"]


@pytest.mark.parametrize(
    ("name", "key"), [("T2-FLAIR", "flair"), ("t1Gd", "t1c"), ("T1ce", "t1c"), ("t2w", "t2"), ("ADC", None)]
)
def test_sequences_are_known_by_their_usual_names(name: str, key: str | None) -> None:
    assert sequence_key(name) == key


PARTS = [
    "c1",
    "c2",
    "HGG",
    "raters",
    "pre",
    "anat",
    "sub-1",
    "imagesTr",
    "c1_t1.nii.gz",
    "c1-t1n.nii.gz",
    "wmh.nii.gz",
]


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from(PARTS), min_size=1, max_size=4).map("/".join), max_size=12))
def test_every_path_is_used_once_or_ignored_with_a_reason(paths: list[str]) -> None:
    found = recognise(paths)

    used = [path for case in found.cases for path in (*case.images.values(), *case.rater_labelmaps.values())]
    used += [case.reference for case in found.cases if case.reference]
    assert sorted([*used, *(x.path for x in found.ignored)]) == sorted(set(paths))
    assert recognise(paths[::-1]) == found


@needs_shared_data
def test_two_real_patients_with_raters_and_published_fusions() -> None:
    root = DATA / "tcga"
    paths = [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]

    found = recognise(paths)

    assert found.layout == "brats2017"
    assert tuple(case.name for case in found.cases) == TCGA_CASES
    for case in found.cases:
        assert set(case.images) == {"flair", "t1", "t1c", "t2"}
        assert tuple(sorted(case.rater_labelmaps)) == tuple(f"{x}-20" for x in TCGA_ALGORITHMS)
        assert case.reference is None
    assert sum("fusion" in path for path in reasons(found)) == 4
    assert found.missing_sequences() == {}


@needs_shared_data
@pytest.mark.parametrize("folder", ["isles22", "ms_consensus", "labelfusion", "brats2023_predictions"])
def test_flat_folders_in_the_wild_are_unrecognised(folder: str) -> None:
    found = recognise([path.name for path in (DATA / folder).iterdir()])

    assert found.layout == UNRECOGNISED
    assert all(x.reason for x in found.ignored)
