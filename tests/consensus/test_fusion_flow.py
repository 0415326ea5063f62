"""From submitted annotations to consensus versions, in process: the same services and jobs as everywhere."""

import numpy as np
import pytest

from backend.annotations import submitting
from backend.annotations.models import Annotation
from backend.common import blobs
from backend.consensus import services
from backend.consensus.errors import NotEnoughRaters
from backend.consensus.models import ConsensusVersion, FusionRefusal
from backend.datasets import services as dataset_services
from backend.datasets.models import Case, Dataset
from backend.numerics.fusion import METHODS
from backend.numerics.labels import UNSURE
from backend.numerics.volumes import read_labelmap
from tests.factories.annotations import annotate, annotate_case, assign, make_raters, upload
from tests.factories.datasets import import_cases, inspect, make_dataset, organizer_of, store
from tests.jobs import run_due_jobs
from tests.phantoms import case_files, nifti_bytes, tumour
from tests.shared_data import (
    TCGA_ALGORITHMS,
    TCGA_CASES,
    needs_shared_data,
    tcga_dataset_zip,
    tcga_fusion,
    tcga_mask,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset() -> Dataset:
    return make_dataset(raters_required=3)


@pytest.fixture
def case(dataset: Dataset) -> Case:
    return import_cases(dataset, "A").cases.get()


def labels_of(consensus: ConsensusVersion) -> np.ndarray:
    return read_labelmap(blobs.read_blob(consensus.labelmap_digest), name="consensus.nii.gz").array


def heads(case: Case) -> list[int]:
    return list(case.consensus_versions.order_by("number").values_list("number", flat=True))


def shifted(steps: int) -> np.ndarray:
    return np.roll(tumour(), steps, axis=0)


def test_fused_once_as_many_have_submitted_as_needed(dataset: Dataset, case: Case) -> None:
    annotations = assign(dataset, *make_raters(dataset, 4))
    for annotation in annotations[:2]:
        annotate(annotation, tumour())
        run_due_jobs()
        assert heads(case) == []
    annotate(annotations[2], shifted(3))
    run_due_jobs()
    consensus = case.consensus_versions.get()
    np.testing.assert_array_equal(labels_of(consensus), tumour())
    assert {item["rater"] for item in consensus.inputs} == {
        annotation.assignment.rater_id for annotation in annotations[:3]
    }
    annotate(annotations[3], tumour())
    run_due_jobs()
    assert heads(case) == [1, 2]


def test_agreement_is_known_by_region_and_rater(dataset: Dataset, case: Case) -> None:
    first, second, third = make_raters(dataset, 3)
    annotate_case(case, {first: tumour(), second: tumour(), third: np.zeros_like(tumour())})
    run_due_jobs()
    agreement = case.consensus_versions.get().agreement
    dice = {(pair["first"], pair["second"]): pair["dice"] for pair in agreement["pairs"]}
    regions = ("complete", "core", "enhancing")
    assert dice == {
        (first.pk, second.pk): dict.fromkeys(regions, 1.0),
        (first.pk, third.pk): dict.fromkeys(regions, 0.0),
        (second.pk, third.pk): dict.fromkeys(regions, 0.0),
    }
    assert agreement["mean_pairwise_dice"] == pytest.approx(dict.fromkeys(regions, 1 / 3))
    volume_ml = np.count_nonzero(tumour()) / 1000
    assert agreement["consensus_volumes_ml"]["complete"] == pytest.approx(volume_ml)
    volumes = {row["rater"]: row["volumes_ml"]["complete"] for row in agreement["rater_volumes_ml"]}
    assert volumes == pytest.approx({first.pk: volume_ml, second.pk: volume_ml, third.pk: 0})
    # two of three agree in every labelled voxel
    assert agreement["mean_entropy_bits"] == pytest.approx(np.log2(3) - 2 / 3)


def test_each_rater_is_measured_against_the_others(dataset: Dataset, case: Case) -> None:
    raters = make_raters(dataset, 3)
    annotate_case(case, dict(zip(raters, [tumour(), tumour(), shifted(40)], strict=True)))
    run_due_jobs()
    rows = {row.rater: row for row in case.consensus_versions.get().leave_one_out.all()}
    assert set(rows) == set(raters)
    others = read_labelmap(blobs.read_blob(rows[raters[2]].labelmap_digest), name="others.nii.gz").array
    np.testing.assert_array_equal(others, tumour())
    overlap = np.count_nonzero((tumour() > 0) & (shifted(40) > 0))
    assert rows[raters[2]].dice["complete"] == pytest.approx(2 * overlap / (2 * np.count_nonzero(tumour())))


def test_two_raters_have_no_leave_one_out(case: Case) -> None:
    dataset_services.update_dataset(
        dataset_id=case.dataset_id,
        user=organizer_of(case.dataset),
        changes=dataset_services.DatasetChanges(raters_required=2),
    )
    annotate_case(case, dict.fromkeys(make_raters(case.dataset, 2), tumour()))
    run_due_jobs()
    assert not case.consensus_versions.get().leave_one_out.exists()


def test_fusing_the_same_again_finds_it(dataset: Dataset, case: Case) -> None:
    annotate_case(case, dict.fromkeys(make_raters(dataset, 3), tumour()))
    run_due_jobs()
    head = services.fuse_case(case_id=case.pk)
    services.request_fusion(case_id=case.pk, user=organizer_of(dataset))
    assert [job.name for job in run_due_jobs()] == ["consensus.fuse_case_task"]
    assert heads(case) == [1]
    assert head == case.consensus_versions.get()


def test_another_method_fuses_anew_and_back_again(dataset: Dataset, case: Case) -> None:
    annotate_case(case, dict(zip(make_raters(dataset, 3), map(shifted, (0, 1, 2)), strict=True)))
    run_due_jobs()
    for method in ("plurality", "majority"):
        dataset_services.update_dataset(
            dataset_id=dataset.pk,
            user=organizer_of(dataset),
            changes=dataset_services.DatasetChanges(fusion_method=method),
        )
        run_due_jobs()
    versions = list(case.consensus_versions.order_by("number"))
    assert [version.method for version in versions] == ["majority", "plurality", "majority"]
    assert versions[0].voxel_digest == versions[2].voxel_digest


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_method_on_offer_fuses_a_case(dataset: Dataset, case: Case, method: str) -> None:
    Dataset.objects.filter(pk=dataset.pk).update(fusion_method=method)
    annotate_case(case, dict(zip(make_raters(dataset, 3), map(shifted, (-1, 0, 1)), strict=True)))
    run_due_jobs()
    head = case.consensus_versions.get()
    assert head.method == method
    middle, fused = tumour() > 0, labels_of(head) > 0
    assert 2 * np.count_nonzero(middle & fused) / (middle.sum() + fused.sum()) > 0.9


def test_head_stays_while_an_annotation_is_reopened(dataset: Dataset, case: Case) -> None:
    annotations = annotate_case(case, dict.fromkeys(make_raters(dataset, 3), tumour()))
    run_due_jobs()
    submitting.reopen_annotation(
        annotation_id=annotations[0].pk, user=organizer_of(dataset), reason="Missed an island"
    )
    run_due_jobs()
    assert heads(case) == [1]
    annotate(annotations[0], shifted(1))
    run_due_jobs()
    assert heads(case) == [1, 2]


def test_method_that_cannot_handle_the_scheme_is_a_refusal_in_words(dataset: Dataset, case: Case) -> None:
    annotate_case(case, dict.fromkeys(make_raters(dataset, 3), tumour()))
    Dataset.objects.filter(pk=dataset.pk).update(fusion_method="withdrawn")
    run_due_jobs()
    refusal = FusionRefusal.objects.get(case=case)
    assert refusal.reason.startswith("Case A: there is no fusion method 'withdrawn'")
    Dataset.objects.filter(pk=dataset.pk).update(fusion_method="majority")
    services.request_fusion(case_id=case.pk, user=organizer_of(dataset))
    run_due_jobs()
    assert heads(case) == [1]
    assert not FusionRefusal.objects.exists()


def test_fusion_that_came_too_late_is_not_saved(
    dataset: Dataset, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    annotations = annotate_case(case, dict.fromkeys(make_raters(dataset, 3), tumour()))
    fuse_inputs = services.fusing.fuse_inputs

    def reopened_meanwhile(*args: object, **kwargs: object) -> object:
        fused = fuse_inputs(*args, **kwargs)  # type: ignore[arg-type]
        submitting.reopen_annotation(
            annotation_id=annotations[0].pk, user=organizer_of(dataset), reason="Wait"
        )
        return fused

    with monkeypatch.context() as patched:
        patched.setattr(services.fusing, "fuse_inputs", reopened_meanwhile)
        assert services.fuse_case(case_id=case.pk) is None
    assert heads(case) == []


def test_asking_for_a_fusion_needs_enough_raters(dataset: Dataset, case: Case) -> None:
    with pytest.raises(NotEnoughRaters, match="0 of the 3 raters"):
        services.request_fusion(case_id=case.pk, user=organizer_of(dataset))


def test_drafts_are_not_fused(dataset: Dataset, case: Case) -> None:
    annotations = assign(dataset, *make_raters(dataset, 3))
    for annotation in annotations[:2]:
        annotate(annotation, tumour())
    upload(annotations[2], tumour())
    run_due_jobs()
    assert heads(case) == []


def test_raters_consensus_follows_an_imported_reference(dataset: Dataset) -> None:
    files = [*case_files("A"), ("A/A_seg.nii.gz", nifti_bytes(shifted(4)))]
    case = store(inspect(dataset, files)).version.cases.get()
    annotate_case(case, dict.fromkeys(make_raters(dataset, 3), tumour()))
    run_due_jobs()
    imported, fused = case.consensus_versions.order_by("number")
    assert (imported.method, fused.method) == ("imported", "majority")
    np.testing.assert_array_equal(labels_of(imported), shifted(4))
    services.adopt_references(version_id=dataset.versions.get().pk)
    assert heads(case) == [1, 2]


@needs_shared_data
def test_majority_of_the_five_algorithms_is_the_published_fusion() -> None:
    dataset = make_dataset(raters_required=5)
    version = store(inspect(dataset, tcga_dataset_zip())).version
    raters = dict(zip(TCGA_ALGORITHMS, make_raters(dataset, 5), strict=True))
    algorithms = {rater.pk: algorithm for algorithm, rater in raters.items()}
    for annotation in assign(dataset, *raters.values()):
        assignment = annotation.assignment
        annotate(annotation, tcga_mask(assignment.case.name, algorithms[assignment.rater_id]).read_bytes())
    assert Annotation.objects.filter(status="submitted").count() == 10
    run_due_jobs()
    assert {case.name for case in version.cases.all()} == set(TCGA_CASES)
    for case in version.cases.all():
        consensus = case.consensus_versions.get()
        published = read_labelmap(tcga_fusion(case.name), name="mav.nii.gz").array
        assert np.count_nonzero(labels_of(consensus) != published) == 0
        assert consensus.leave_one_out.count() == 5


def test_a_rater_has_no_vote_on_voxels_of_which_they_are_unsure(dataset: Dataset, case: Case) -> None:
    """Two of three draw a block that the third leaves out; one of the two comes to doubt it."""
    block = (slice(2, 5),) * 3
    drawn = tumour()
    drawn[block] = 2
    doubted = drawn.copy()
    doubted[block] |= UNSURE
    raters = make_raters(dataset, 3)
    annotations = annotate_case(case, dict(zip(raters, [drawn, drawn, tumour()], strict=True)))
    run_due_jobs()
    first = case.consensus_versions.get()
    np.testing.assert_array_equal(labels_of(first), drawn)

    submitting.reopen_annotation(
        annotation_id=annotations[0].pk, user=organizer_of(dataset), reason="look at the block again"
    )
    annotate(annotations[0], doubted)
    run_due_jobs()

    second = case.consensus_versions.get(number=2)
    np.testing.assert_array_equal(labels_of(second), tumour())  # one of the two who are sure: no majority
    # Of pairs with that rater the block is left out; as drawn, it is theirs all the same.
    dice = {(pair["first"], pair["second"]): pair["dice"]["complete"] for pair in second.agreement["pairs"]}
    own, other, third = (rater.pk for rater in raters)
    assert dice[own, other] == dice[own, third] == 1.0
    assert dice[other, third] < 1.0
    left_out = {row.rater_id: row for row in second.leave_one_out.all()}
    others = read_labelmap(blobs.read_blob(left_out[third].labelmap_digest), name="others.nii.gz").array
    np.testing.assert_array_equal(others, drawn)  # the only one who is sure
    assert left_out[own].dice["complete"] < 1.0
    # How much somebody has drawn is what they labelled, doubted or not.
    volumes = {row["rater"]: row["volumes_ml"] for row in second.agreement["rater_volumes_ml"]}
    assert volumes[own] == volumes[other] == first.agreement["rater_volumes_ml"][0]["volumes_ml"]
    assert volumes[third]["complete"] < volumes[own]["complete"]
