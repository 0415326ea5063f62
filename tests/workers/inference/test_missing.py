import itertools

import pytest
import torch

from tests.workers.inference.tissues import head
from workers.contract import ContractError, ModelConfig, Reason
from workers.inference import imputation, missing
from workers.inference.missing import Member, MissingSequence, fill, member, members

torch.set_num_threads(1)

SEQUENCES = ("flair", "t1", "t1ce", "t2")


def config(strategy: str, sequences: tuple[str, ...] = SEQUENCES) -> ModelConfig:
    return ModelConfig(
        architecture="unet3d", sequences=sequences, labels=(0, 1), scheme="s", missing=strategy
    )


def present(bits: str) -> torch.Tensor:
    return torch.tensor([bit == "1" for bit in bits])


IMAGES = torch.arange(4 * 8, dtype=torch.float32).reshape(4, 2, 2, 2)


def test_refusing_names_what_is_missing_and_what_to_do() -> None:
    with pytest.raises(MissingSequence, match=r"no t1, no t2, .*add the image") as caught:
        fill(IMAGES, present("1010"), config("refuse"), {})

    assert caught.value.reason is Reason.MISSING_SEQUENCE


@pytest.mark.parametrize("strategy", list(missing.Missing))
def test_a_case_with_all_its_sequences_stays_as_it_is(strategy: str) -> None:
    images, here = fill(IMAGES, present("1111"), config(strategy), {})

    assert images is IMAGES
    assert here.all()


@pytest.mark.parametrize("strategy", list(missing.Missing))
def test_a_case_without_any_sequence_is_refused_by_every_strategy(strategy: str) -> None:
    with pytest.raises(MissingSequence, match="no image; the model takes flair, t1, t1ce, t2"):
        fill(IMAGES, present("0000"), config(strategy), {})


def test_zero_fills_with_zeros_whatever_stood_there() -> None:
    images, here = fill(IMAGES, present("1011"), config("zero"), {})

    assert (images[1] == 0).all()
    assert torch.equal(images[[0, 2, 3]], IMAGES[[0, 2, 3]])
    assert here.all()


def test_mean_fills_with_the_mean_of_those_at_hand() -> None:
    images, here = fill(IMAGES, present("1001"), config("mean"), {})

    assert torch.equal(images[1], (IMAGES[0] + IMAGES[3]) / 2)
    assert torch.equal(images[2], images[1])
    assert here.all()


@pytest.mark.parametrize("strategy", ["any", "subset"])
def test_networks_that_do_without_are_told_what_is_there(strategy: str) -> None:
    images, here = fill(IMAGES, present("0110"), config(strategy), {})

    assert images is IMAGES
    assert here.tolist() == [False, True, True, False]


def test_four_sequences_have_fifteen_networks_each_with_its_own_prefix_and_channels() -> None:
    found = members(config("subset"))

    assert len({one.prefix for one in found}) == len(found) == 15
    assert found[0] == Member("subset.1111.", SEQUENCES)
    for bits in map("".join, itertools.product("01", repeat=4)):
        if "1" in bits:
            assert member(config("subset"), present(bits)) in found
    assert member(config("subset"), present("1001")) == Member("subset.1001.", ("flair", "t2"))


def test_other_strategies_have_one_network_for_every_case() -> None:
    assert members(config("impute")) == (Member("network.", SEQUENCES),)
    assert member(config("impute"), present("0100")) == Member("network.", SEQUENCES)


def test_an_unknown_strategy_is_refused_by_name() -> None:
    with pytest.raises(ContractError, match="missing: 'guess' is none of refuse, zero"):
        members(config("guess"))


def test_more_subsets_than_anybody_trains_are_refused() -> None:
    with pytest.raises(ContractError, match="5 sequences at most, not 6"):
        members(config("subset", tuple("abcdef")))


# ------------------------------------------------------------------------------------------------ imputation


@pytest.fixture(scope="module")
def weights() -> dict[str, torch.Tensor]:
    fit = imputation.Fit(4)
    for seed in range(3):
        fit.add(head(seed=seed).images, present("1111"), seed=seed)
    return fit.solve()


def test_imputing_has_the_weights_that_it_says(weights: dict[str, torch.Tensor]) -> None:
    assert {name: value.shape for name, value in weights.items()} == missing.extra_shapes(config("impute"))
    assert all(torch.isfinite(value).all() for value in weights.values())
    assert missing.extra_shapes(config("mean")) == {}


@pytest.mark.parametrize("bits", ["1110", "1000", "0101"])
def test_imputing_comes_nearer_to_an_unseen_case_than_zeros_or_the_mean(
    bits: str, weights: dict[str, torch.Tensor]
) -> None:
    images, here = head(seed=9).images, present(bits)

    def error(strategy: str) -> float:
        filled, _ = fill(images * here[:, None, None, None], here, config(strategy), weights)
        return float((filled - images)[~here].square().mean())

    assert error("impute") < 0.8 * min(error("mean"), error("zero"))


def test_imputing_keeps_what_is_there_and_the_outside_of_the_brain(weights: dict[str, torch.Tensor]) -> None:
    images = head(seed=9).images

    filled, here = fill(images, present("1011"), config("impute"), weights)

    assert here.all()
    assert torch.equal(filled[[0, 2, 3]], images[[0, 2, 3]])
    outside = (images[[0, 2, 3]] == 0).all(dim=0)
    assert (filled[1][outside] == 0).all()
    assert not torch.allclose(filled[1], images[1])


def test_a_sequence_that_is_a_polynomial_of_another_is_found_again() -> None:
    first = torch.rand(12, 12, 12, generator=torch.Generator().manual_seed(1)) * 2 + 0.1
    images = torch.stack((first, 0.5 - first + 2 * first.square()))
    fit = imputation.Fit(2, ridge=1e-9)
    fit.add(images, present("11"), seed=0)

    filled = imputation.impute(images * present("10")[:, None, None, None], present("10"), fit.solve())

    torch.testing.assert_close(filled[1], images[1], atol=2e-3, rtol=0)


def test_the_better_source_has_the_greater_say() -> None:
    chance = torch.Generator().manual_seed(2)
    target = torch.randn(16, 16, 16, generator=chance)
    noise = torch.randn(16, 16, 16, generator=chance)
    fit = imputation.Fit(3)
    fit.add(torch.stack((target + 0.05 * noise, noise, target)), present("111"), seed=0)

    images = torch.stack((target + 0.05 * noise, noise, torch.zeros_like(target)))
    filled = imputation.impute(images, present("110"), fit.solve())

    assert (filled[2] - target).square().mean() < 0.02


def test_sequences_never_seen_together_are_named() -> None:
    fit = imputation.Fit(3)
    fit.add(head(sequences=3).images, present("110"), seed=0)

    with pytest.raises(imputation.NotEnoughCases, match="sequences 1 and 3 are in no training case together"):
        fit.solve()
