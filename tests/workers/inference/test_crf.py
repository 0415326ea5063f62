from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.workers.inference.tissues import Head, head
from workers.contract import ContractError
from workers.inference.appearance import intensity_features
from workers.inference.crf import LEAST_PROBABILITY, Crf, Spacing, mean_field
from workers.inference.crf_tuning import mean_dice, tune_crf

torch.set_num_threads(1)
AS_THE_AUTHORS = Crf(appearance_weight=3)
AUTHORS_LABELS = Path(__file__).with_name("labels_of_pydensecrf2.npy")


def brute_force(case: Head, settings: Crf, spacing_mm: Spacing) -> Tensor:
    """The same field, from the distance of every pair of voxels."""
    brain = (case.images != 0).any(dim=0)
    places = torch.nonzero(brain) * torch.tensor(spacing_mm, dtype=torch.float32)
    intensities = case.images[:, brain].T / settings.appearance_intensity
    marginals = case.probabilities[:, brain].T
    unary = marginals.clamp_min(LEAST_PROBABILITY).log()
    pairs = torch.zeros((len(places), len(places)))
    if settings.smoothness_weight:
        pairs.add_(_kernel(places / settings.smoothness_mm), alpha=settings.smoothness_weight)
    if settings.appearance_weight:
        points = torch.cat((places / settings.appearance_mm, intensities), dim=1)
        pairs.add_(_kernel(points), alpha=settings.appearance_weight)
    for _ in range(settings.iterations):
        marginals = torch.softmax(unary + pairs @ marginals, dim=1)
    result = case.probabilities.clone()
    result[:, brain] = marginals.T
    return result


def _kernel(points: Tensor) -> Tensor:
    """Gaussian of every pair, normalised; in place, for these are large."""
    kernel = torch.cdist(points, points).square_().mul_(-0.5).exp_()
    scale = kernel.sum(dim=1).rsqrt_()
    return kernel.mul_(scale[:, None]).mul_(scale)


@pytest.mark.parametrize(
    ("settings", "spacing_mm"),
    [
        pytest.param(Crf(appearance_intensity=2, appearance_weight=3), (1, 1, 1), id="wide"),
        pytest.param(Crf(appearance_mm=3, appearance_weight=3), (1, 1, 1), id="near"),
        pytest.param(Crf(appearance_mm=12, appearance_weight=3), (1, 1, 3), id="far-thick-slices"),
        pytest.param(Crf(appearance_weight=0, smoothness_weight=3), (1, 2, 1), id="smoothness-only"),
        pytest.param(Crf(smoothness_weight=0, appearance_weight=5), (0.8, 1, 1.2), id="appearance-only"),
    ],
)
def test_marginals_are_within_one_percent_of_brute_force(settings: Crf, spacing_mm: Spacing) -> None:
    case = head()
    exact = brute_force(case, settings, spacing_mm)

    found = mean_field(case.probabilities, case.images, settings, spacing_mm=spacing_mm)

    errors = (found - exact).abs().amax(dim=0)[(case.images != 0).any(dim=0)]
    assert errors.quantile(0.99) < 0.01
    assert errors.mean() < 0.002
    assert (found.argmax(dim=0) == exact.argmax(dim=0)).float().mean() > 0.999
    assert (exact - case.probabilities).abs().mean() > 0.01  # the field does something here


def test_narrow_intensities_keep_the_labels_of_brute_force() -> None:
    case, settings = head(), Crf(appearance_intensity=0.5, appearance_weight=3, landmarks=32)

    found = mean_field(case.probabilities, case.images, settings, spacing_mm=(1, 1, 1))

    exact = brute_force(case, settings, (1, 1, 1))
    assert (found.argmax(dim=0) == exact.argmax(dim=0)).float().mean() > 0.998


def test_features_are_exact_where_every_voxel_is_a_landmark() -> None:
    intensities = torch.randn(12, 3, generator=torch.Generator().manual_seed(4))

    features = intensity_features(intensities, torch.ones(12, dtype=torch.bool), landmarks=12)

    exact = torch.exp(-0.5 * torch.cdist(intensities, intensities).square())
    torch.testing.assert_close(features @ features.T, exact, atol=1e-4, rtol=0)


def labels_of_the_authors_program(case: Head, settings: Crf) -> np.ndarray:
    """Of the brain's voxels, by pydensecrf2 1.1: it is built from source, so tests do without it."""
    densecrf = pytest.importorskip("pydensecrf.densecrf", reason="pydensecrf2 is an oracle for developers")
    brain = (case.images != 0).any(dim=0)
    unary = case.probabilities[:, brain].clamp_min(LEAST_PROBABILITY).log().neg()
    places = torch.nonzero(brain).T.float()
    appearance = torch.cat((places / settings.appearance_mm, case.images[:, brain]))
    field = densecrf.DenseCRF(unary.shape[1], unary.shape[0])
    field.setUnaryEnergy(np.ascontiguousarray(unary.numpy()))
    field.addPairwiseEnergy(np.ascontiguousarray(places.numpy()), compat=settings.smoothness_weight)
    field.addPairwiseEnergy(np.ascontiguousarray(appearance.numpy()), compat=settings.appearance_weight)
    return np.asarray(field.inference(settings.iterations)).argmax(axis=0).astype(np.uint8)


def test_field_agrees_with_the_authors_program() -> None:
    case, settings = head(), AS_THE_AUTHORS
    brain = (case.images != 0).any(dim=0)
    theirs = np.load(AUTHORS_LABELS)

    ours = mean_field(case.probabilities, case.images, settings, spacing_mm=(1, 1, 1))[:, brain].argmax(dim=0)

    assert (ours.numpy() == theirs).mean() > 0.985
    assert (case.probabilities[:, brain].argmax(dim=0).numpy() == theirs).mean() < 0.9


def test_what_is_kept_of_the_authors_program_is_what_it_says() -> None:
    np.testing.assert_array_equal(
        labels_of_the_authors_program(head(), AS_THE_AUTHORS), np.load(AUTHORS_LABELS)
    )


def test_field_mends_what_noise_has_done() -> None:
    case = head()

    found = mean_field(case.probabilities, case.images, Crf(), spacing_mm=(1, 1, 1))

    assert mean_dice(found, case.labelmap) > mean_dice(case.probabilities, case.labelmap) + 0.03
    torch.testing.assert_close(found.sum(dim=0), torch.ones(24, 24, 24))


def test_outside_the_brain_nothing_changes() -> None:
    case = head()
    outside = (case.images == 0).all(dim=0)

    found = mean_field(case.probabilities, case.images, Crf(), spacing_mm=(1, 1, 1))

    assert torch.equal(found[:, outside], case.probabilities[:, outside])


@pytest.mark.parametrize(
    "settings",
    [Crf(iterations=0), Crf(smoothness_weight=0, appearance_weight=0)],
    ids=["no-updates", "no-weights"],
)
def test_a_field_without_updates_or_weights_changes_nothing(settings: Crf) -> None:
    case = head(12)

    found = mean_field(case.probabilities, case.images, settings, spacing_mm=(1, 1, 1))

    torch.testing.assert_close(found, case.probabilities, atol=1e-5, rtol=0)


def test_without_any_brain_probabilities_stay() -> None:
    case = head(12)

    found = mean_field(case.probabilities, torch.zeros_like(case.images), Crf(), spacing_mm=(1, 1, 1))

    assert torch.equal(found, case.probabilities)


@pytest.mark.parametrize(
    "settings", [{"smoothness_mm": 0.0}, {"appearance_weight": -1.0}, {"iterations": 1000}, {"landmarks": 0}]
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(ContractError, match="crf"):
        Crf(**settings)  # type: ignore[arg-type]


# ---------------------------------------------------------------------------------------------------- tuning


def tune(cases: list[Head], trials: int, seed: int = 0):  # type: ignore[no-untyped-def]
    return tune_crf(
        [case.probabilities for case in cases],
        [case.images for case in cases],
        [case.labelmap for case in cases],
        spacing_mm=[(1.0, 1.0, 1.0)] * len(cases),
        trials=trials,
        seed=seed,
    )


def test_tuning_finds_settings_that_pay_on_an_unseen_case() -> None:
    found = tune([head(16, seed=1), head(16, seed=2)], trials=6)

    unseen = head(16, seed=3)
    assert found.settings is not None
    assert found.dice > found.dice_without + 0.03
    after = mean_field(unseen.probabilities, unseen.images, found.settings, spacing_mm=(1, 1, 1))
    assert mean_dice(after, unseen.labelmap) > mean_dice(unseen.probabilities, unseen.labelmap)


def test_tuning_leaves_a_perfect_network_alone() -> None:
    case = head(12)
    perfect = torch.nn.functional.one_hot(case.labelmap, 5).movedim(-1, 0).float()

    found = tune([Head(case.images, case.labelmap, perfect)], trials=3)

    assert found.settings is None
    assert found.dice == found.dice_without == 1


def test_tuning_says_the_same_for_the_same_seed() -> None:
    cases = [head(12, seed=1)]

    assert tune(cases, trials=3, seed=5) == tune(cases, trials=3, seed=5)


def test_tuning_needs_a_case() -> None:
    with pytest.raises(ValueError, match="at least one validation case"):
        tune([], trials=1)


def test_dice_is_that_of_the_classes_found_or_there() -> None:
    labelmap = torch.tensor([0, 1, 1, 0])[:, None, None]
    found = torch.nn.functional.one_hot(torch.tensor([0, 1, 0, 2]), 4).T[..., None, None].float()

    assert mean_dice(found, labelmap) == pytest.approx((2 / 3 + 0) / 2)
    assert mean_dice(found[:, :1], labelmap[:1]) == 1
