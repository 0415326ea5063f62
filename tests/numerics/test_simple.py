import numpy as np
import pytest

from backend.numerics.errors import FusionError
from backend.numerics.fusion import Fusion, fuse
from backend.numerics.labels import SCHEMES
from backend.numerics.metrics import dice_by_region
from backend.numerics.volumes import read_labelmap
from tests.phantoms import SHAPE, tumour
from tests.shared_data import DATA, needs_shared_data

BRATS = SCHEMES["brats2017"]


def simple(labelmaps: list[np.ndarray | None], unsure: list | None = None, **parameters: object) -> Fusion:
    return fuse(labelmaps, method="simple", scheme=BRATS, parameters=parameters, unsure=unsure)


def weights(fusion: Fusion) -> list[float | None]:
    return [None if rater is None else rater.weight for rater in fusion.raters]


def test_a_rater_who_marked_something_else_is_dropped() -> None:
    good = [tumour((16, 16, 16)), tumour((16, 17, 16)), tumour((16, 16, 15)), tumour((17, 16, 16))]

    fusion = simple([*good[:2], tumour((6, 6, 6), radius=4), *good[2:]])

    assert weights(fusion)[2] == 0
    assert all(weight is not None and weight > 0.8 for k, weight in enumerate(weights(fusion)) if k != 2)
    assert np.array_equal(fusion.labelmap, simple(good).labelmap)
    assert fusion.convergence is not None
    assert fusion.convergence.converged


def test_weights_are_the_raters_mean_dice_against_the_outcome() -> None:
    raters = [tumour((16, 16, 16)), tumour((16, 17, 16)), tumour((16, 16, 15))]

    fusion = simple(raters)

    for weight, rater in zip(weights(fusion), raters, strict=True):
        scores = dice_by_region(fusion.labelmap, rater, BRATS).values()
        assert weight == pytest.approx(sum(scores) / len(scores))


def test_near_equals_all_stay() -> None:
    raters = [tumour() for _ in range(5)]
    for k, rater in enumerate(raters):
        rater[8 + k, 16, 16] = 0

    assert min(weight for weight in weights(simple(raters)) if weight is not None) > 0.99


def test_no_fewer_raters_are_kept_than_asked_for() -> None:
    raters = [tumour((16, 16, 16)), tumour((16, 16, 16)), tumour((16, 20, 16)), tumour((16, 6, 16), radius=5)]

    kept = {n: np.count_nonzero(weights(simple(raters, keep_at_least=n, spread=0))) for n in (1, 3, 4)}

    assert kept == {1: 2, 3: 3, 4: 4}


def test_raters_who_share_nothing_still_have_an_outcome() -> None:
    apart = [tumour((6, 6, 6), radius=3), tumour((24, 24, 24), radius=3), tumour((6, 24, 6), radius=3)]

    fusion = simple(list(apart))

    assert not fusion.labelmap.any()
    assert weights(fusion) == [1, 1, 1]


def test_raters_may_come_in_any_order_and_be_absent() -> None:
    raters = [tumour((16, 16, 16)), tumour((16, 18, 16)), tumour((15, 16, 14)), tumour((8, 8, 8), radius=4)]

    one, other = simple([*raters, None]), simple([raters[2], None, raters[0], raters[3], raters[1]])

    assert np.array_equal(one.labelmap, other.labelmap)
    assert [weights(one)[k] for k in (2, 4, 0, 3, 1)] == weights(other)


def test_what_a_rater_is_unsure_of_counts_neither_for_nor_against() -> None:
    raters = [tumour((16, 16, 16)) for _ in range(3)]
    scribble = np.zeros(SHAPE, bool)
    scribble[:6] = True
    raters[0][scribble] = 4

    fusion = simple(list(raters), unsure=[scribble, None, None])

    assert weights(fusion) == [1, 1, 1]
    assert np.array_equal(fusion.labelmap, raters[1])


def test_a_weighted_tie_is_background() -> None:
    raters = [
        tumour((16, 16, 16)),
        tumour((16, 16, 16)),
        np.zeros(SHAPE, np.uint8),
        np.zeros(SHAPE, np.uint8),
    ]

    first_vote_only = simple(list(raters), max_iterations=1, keep_at_least=4)

    assert not first_vote_only.labelmap.any()


def test_unknown_parameters_are_refused() -> None:
    with pytest.raises(FusionError, match=r"SIMPLE takes only spread, .* but alpha was given"):
        simple([tumour()], alpha=1)


@needs_shared_data
@pytest.mark.parametrize(("case", "differing"), [("TCGA-DU-7294", 1521), ("TCGA-FG-6692", 400)])
def test_against_brats_toolkit_which_drops_nobody(case: str, differing: int) -> None:
    """Two of the five raters lag behind; with them the voxels are equal, without them these many differ."""
    folder = DATA / "tcga" / case
    raters = [read_labelmap(path, name=path.name).array for path in sorted(folder.glob("raters/*.nii.gz"))]
    published = read_labelmap(folder / "fusion" / "simple.nii.gz", name="simple.nii.gz").array

    everybody, chosen = simple(list(raters), spread=10), simple(list(raters))

    assert np.array_equal(everybody.labelmap, published)
    assert sorted(weights(chosen))[:2] == [0, 0]
    assert np.count_nonzero(chosen.labelmap != published) == differing
