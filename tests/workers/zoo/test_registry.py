import pytest
import torch

from workers.bounds import SETTINGS, fault_of_settings
from workers.contract import ContractError, ModelConfig, read
from workers.inference.devices import peak_memory_mib
from workers.zoo import ARCHITECTURES, build
from workers.zoo.pereira import Pereira


def config(architecture: str, **settings: object) -> ModelConfig:
    return ModelConfig(
        architecture=architecture, sequences=("t1", "t2"), labels=(0, 1, 4), scheme="brats", settings=settings
    )


SLUGS = (
    "two_path_cnn", "input_cascade_cnn", "pereira",
    "deepmedic", "hemis", "ghafoorian",
    "brosch", "segnet", "unet3d",
)  # fmt: skip


def test_every_system_of_the_literature_is_there_under_its_own_name() -> None:
    assert set(ARCHITECTURES) == set(SLUGS)
    assert all(slug == architecture.slug for slug, architecture in ARCHITECTURES.items())


@pytest.mark.parametrize("slug", SLUGS)
def test_network_has_a_channel_per_sequence_and_feature_and_a_class_per_label(slug: str) -> None:
    network = build(config(slug))

    assert network.channels == 2 + len(network.features)
    assert network.classes == 3
    assert network.dimensions in (2, 3)


def test_settings_given_take_the_place_of_the_published_ones() -> None:
    network = build(config("pereira", grade="low"))

    assert isinstance(network, Pereira)
    assert network.patch == 43


def test_same_seed_starts_with_the_same_weights() -> None:
    first, second = (torch.manual_seed(5) and build(config("pereira")).state_dict() for _ in range(2))

    assert all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize(
    ("architecture", "settings", "sentence"),
    [
        ("resnet", {}, "architecture: 'resnet' is none of two_path_cnn, "),
        ("pereira", {"depth": 3}, "settings: depth: pereira has grade, borders"),
        ("pereira", {"grade": 3}, "settings.grade: 3: give pereira one of high, low"),
        ("pereira", {"grade": "middling"}, "settings.grade: 'middling': give pereira one of high, low"),
        (
            "two_path_cnn",
            {"dropout": 1.5},
            "settings.dropout: 1.5: give two_path_cnn a number from 0 to less",
        ),
        ("two_path_cnn", {"dropout": True}, "settings.dropout: True: give two_path_cnn a number"),
        ("ghafoorian", {"location": 1}, "settings.location: 1: give ghafoorian true or false"),
        ("segnet", {"widths": [8, 16]}, "settings of segnet: segnet: widths and convolutions are"),
        ("brosch", {"first": 8}, "settings of brosch: brosch: first is odd"),
    ],
)
def test_a_config_that_describes_no_network_is_refused_by_name(
    architecture: str, settings: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ContractError, match="^" + sentence.replace("(", r"\(")):
        build(config(architecture, **settings))


@pytest.mark.parametrize(
    ("architecture", "settings", "field"),
    [
        ("unet3d", {"widths": [10**9, 10**9], "blocks": [1, 1]}, "widths"),
        ("unet3d", {"widths": [8] * 1000, "blocks": [1] * 1000}, "widths"),
        ("unet3d", {"widths": [8, 16], "blocks": [1, 10**6]}, "blocks"),
        ("unet3d", {"widths": [8, -16], "blocks": [1, 1]}, "widths"),
        ("unet3d", {"widths": [8, 16.5], "blocks": [1, 1]}, "widths"),
        ("unet3d", {"widths": "wide", "blocks": [1, 1]}, "widths"),
        ("segnet", {"convolutions": [2, 2, 10**9, 3, 3]}, "convolutions"),
        ("deepmedic", {"widths": []}, "widths"),
        ("deepmedic", {"joined": 10**12}, "joined"),
        ("hemis", {"output_size": 10**9 + 1}, "output_size"),
        ("hemis", {"width": 0}, "width"),
        ("brosch", {"first": 10**9 + 1}, "first"),
        ("brosch", {"second": -3}, "second"),
        ("ghafoorian", {"scales": [10**6]}, "scales"),
        ("ghafoorian", {"maps": [10**9] * 4}, "maps"),
    ],
)
def test_absurd_sizes_are_refused_by_field_with_the_remedy(
    architecture: str, settings: dict[str, object], field: str
) -> None:
    before = peak_memory_mib()
    with pytest.raises(ContractError, match=rf"^settings\.{field}: .*: give "):
        build(config(architecture, **settings))
    assert peak_memory_mib() - before < 16


def test_settings_that_are_absurd_only_together_are_refused_before_memory_is_taken() -> None:
    """Each width and each count for itself may be; a network of all of them would have 14 GB."""
    largest = {"widths": [1024] * 8, "blocks": [8] * 8}
    before = peak_memory_mib()
    with pytest.raises(ContractError, match=r"unet3d would have [\d,]+ parameters .* smaller layers"):
        build(config("unet3d", **largest))
    assert peak_memory_mib() - before < 64


@pytest.mark.parametrize("slug", SLUGS)
def test_every_setting_of_the_zoo_has_its_bound_and_the_published_value_is_within(slug: str) -> None:
    published = ARCHITECTURES[slug].settings

    assert set(SETTINGS[slug]) == set(published)
    assert not fault_of_settings(slug, published)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"sequences": [f"s{k}" for k in range(1000)]}, "sequences: these are 1000; name 16 at most"),
        ({"labels": [0, 1, 256]}, "labels: 256: give integers from 0 to 255"),
        ({"labels": [0, -1]}, "labels: -1: give"),
        ({"spacing_mm": [1e-9, 1, 1]}, "spacing_mm: .*: give millimetres"),
        ({"spacing_mm": [float("inf"), 1, 1]}, r"spacing_mm\[0\]: is no number: give a finite one"),
        ({"stages": [{"kind": "post_network"}] * 100}, "stages: these are 100; give 8 at most"),
        ({"normalisation_settings": {"landmarks": [float("nan")]}}, r"settings.landmarks\[0\]: nan is no"),
        ({"spacing_mm": [10**400, 1, 1]}, r"spacing_mm\[0\]: is no number"),
    ],
)
def test_other_sizes_of_a_config_are_bounded(values: dict[str, object], sentence: str) -> None:
    wanted = {"architecture": "unet3d", "sequences": ["t1"], "labels": [0, 1], "scheme": "any", **values}
    with pytest.raises(ContractError, match=sentence):
        read(ModelConfig, wanted)


def test_a_config_nested_without_end_is_refused() -> None:
    nested: list[object] = []
    for _ in range(500):
        nested = [nested]
    wanted = {"architecture": "", "sequences": ["t1"], "labels": [0, 1], "scheme": "any"}
    with pytest.raises(ContractError, match="nested more than 16 deep"):
        read(ModelConfig, {**wanted, "normalisation_settings": {"a": nested}})
