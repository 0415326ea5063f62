"""Which file is which case's: by name, longest first; else by folder; and every misfit is told."""

import pytest

from backend.submissions.matching import match_files

CASES = ("BraTS-1", "BraTS-1-2", "Case 7")


@pytest.mark.parametrize(
    "name",
    [
        "BraTS-1.nii.gz",
        "BraTS-1_seg.nii.gz",
        "BraTS-1-seg.nii.gz",
        "BraTS-1.pred.nii.gz",
        "predictions/BraTS-1.nii.gz",
        "BraTS-1/BraTS-1_pred_final.nii.gz",
        "team/BraTS-1/prediction.nii.gz",
        "BraTS-1.mha",
    ],
)
def test_file_is_the_cases_by_its_name_or_folder(name: str) -> None:
    found = match_files([name], ["BraTS-1"])
    assert found.files == {"BraTS-1": name}
    assert found.findings == []


def test_the_longest_case_name_wins() -> None:
    found = match_files(["BraTS-1-2_seg.nii.gz", "BraTS-1.nii.gz", "Case 7.nii.gz"], CASES)
    assert found.files == {
        "BraTS-1": "BraTS-1.nii.gz",
        "BraTS-1-2": "BraTS-1-2_seg.nii.gz",
        "Case 7": "Case 7.nii.gz",
    }


def test_a_digit_after_the_name_is_another_case() -> None:
    found = match_files(["BraTS-1-3.nii.gz"], ["BraTS-1"])
    assert found.files == {}
    assert [(x.code, x.file, x.case) for x in found.findings] == [
        ("unknown_case", "BraTS-1-3.nii.gz", None),
        ("missing_case", None, "BraTS-1"),
    ]


def test_two_files_of_one_case_are_one_finding_that_names_both() -> None:
    found = match_files(["a/Case 7.nii.gz", "b/Case 7_seg.nii.gz"], ["Case 7"])
    (finding,) = found.findings
    assert (finding.code, finding.case, finding.severity) == ("duplicate", "Case 7", "error")
    assert "a/Case 7.nii.gz" in finding.sentence
    assert "b/Case 7_seg.nii.gz" in finding.sentence
    assert found.files == {}


def test_name_and_folder_that_disagree_are_ambiguous() -> None:
    found = match_files(["Case 7/BraTS-1.nii.gz", "BraTS-1-2.nii.gz"], CASES)
    assert [(x.code, x.case) for x in found.findings if x.severity == "error"] == [
        ("ambiguous", "BraTS-1"),
        ("missing_case", "Case 7"),
    ]


def test_files_of_the_operating_system_are_ignored_and_told() -> None:
    names = ["__MACOSX/._Case 7.nii.gz", ".DS_Store", "x/.DS_Store", "Thumbs.db", "Case 7.nii.gz"]
    found = match_files(names, ["Case 7"])
    assert found.files == {"Case 7": "Case 7.nii.gz"}
    assert {x.severity for x in found.findings} == {"info"}
    assert len(found.findings) == 4


def test_a_readme_only_warns_and_a_prediction_of_another_kind_refuses() -> None:
    found = match_files(["README.md", "Case 7.pdf"], ["Case 7"])
    assert [(x.code, x.severity, x.case) for x in found.findings] == [
        ("not_a_volume", "warning", None),
        ("not_a_volume", "error", "Case 7"),
    ]


def test_every_missing_case_has_its_finding_with_the_remedy() -> None:
    found = match_files([], CASES)
    assert [x.case for x in found.findings] == ["BraTS-1", "BraTS-1-2", "Case 7"]
    assert found.findings[2].remedy == "Add Case 7.nii.gz."
