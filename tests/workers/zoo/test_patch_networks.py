import pytest
import torch
from torch import nn

from tests.workers.zoo.measuring import by_patches, receptive_field, with_statistics
from workers.contract import ModelConfig
from workers.zoo import ARCHITECTURES, build
from workers.zoo.ghafoorian import FEATURES, Ghafoorian
from workers.zoo.input_cascade_cnn import InputCascadeCNN
from workers.zoo.large_convolution import LargeConv2d
from workers.zoo.network import count_parameters
from workers.zoo.patches import PatchNetwork
from workers.zoo.pereira import Pereira

BRATS = ("flair", "t1", "t1ce", "t2")
WMH = ("t1", "flair")

# architecture, settings, sequences, classes, learned parameters, extent of the receptive field
TABLE = [
    pytest.param("two_path_cnn", {}, BRATS, 5, 809_637, 33, id="two_path_cnn"),
    pytest.param("input_cascade_cnn", {}, BRATS, 5, 1_111_397, 65, id="input_cascade_cnn"),
    pytest.param("pereira", {"borders": "zeros"}, BRATS, 5, 2_118_213, 33, id="pereira-high-as-published"),
    pytest.param(
        "pereira",
        {"grade": "low", "borders": "zeros"},
        BRATS,
        5,
        1_933_701,
        33,
        id="pereira-low-as-published",
    ),
    pytest.param("pereira", {}, BRATS, 5, 2_118_213, 49, id="pereira-high"),
    pytest.param("pereira", {"grade": "low"}, BRATS, 5, 1_933_701, 43, id="pereira-low"),
    pytest.param("ghafoorian", {}, WMH, 2, 2_668_212, 128, id="ghafoorian"),
    pytest.param(
        "ghafoorian",
        {"scales": [1], "location": False, "maps": [4, 6, 8, 8], "joined": 8, "hidden": 8},
        WMH,
        2,
        3_776,
        32,
        id="ghafoorian-one-scale",
    ),
]
columns = pytest.mark.parametrize(("slug", "settings", "sequences", "classes", "parameters", "field"), TABLE)


def make(slug: str, settings: dict[str, object], sequences: tuple[str, ...], classes: int) -> PatchNetwork:
    torch.manual_seed(1)
    network = build(
        ModelConfig(
            architecture=slug,
            sequences=sequences,
            labels=tuple(range(classes)),
            scheme="s",
            settings=settings,
        )
    )
    assert isinstance(network, PatchNetwork)
    with_statistics(network)
    if isinstance(network, Ghafoorian) and network.features:
        network.lesion_prior.uniform_(0, 1)
    return network


@columns
def test_network_has_the_papers_parameters(slug, settings, sequences, classes, parameters, field) -> None:  # type: ignore[no-untyped-def]
    assert count_parameters(make(slug, settings, sequences, classes)) == parameters


@columns
def test_receptive_field_as_gradients_measure_it(
    slug, settings, sequences, classes, parameters, field
) -> None:  # type: ignore[no-untyped-def]
    network = make(slug, settings, sequences, classes)

    measured = receptive_field(network, channels=len(sequences), extent=2 * network.margin + 5)

    assert measured == (field, field)
    assert network.patch == field


@columns
@torch.inference_mode()
def test_dense_output_equals_patches_one_by_one(
    slug, settings, sequences, classes, parameters, field
) -> None:  # type: ignore[no-untyped-def]
    network = make(slug, settings, sequences, classes)
    x = torch.randn(2, network.channels, 2 * network.margin + 4, 2 * network.margin + 5)

    dense = network(x)

    assert dense.shape == (2, classes, 4, 5)
    torch.testing.assert_close(dense, by_patches(network, x), atol=1e-5, rtol=0)
    assert dense.std() > 1e-3  # and is no constant, of which this would be true anyway


@columns
def test_every_learned_parameter_gets_a_gradient_by_patches(
    slug, settings, sequences, classes, parameters, field
) -> None:  # type: ignore[no-untyped-def]
    network = make(slug, settings, sequences, classes).train()
    patches = torch.randn(8, network.channels, network.patch, network.patch)

    nn.functional.cross_entropy(network.forward_patches(patches), torch.arange(8) % classes).backward()

    learned = [parameter for parameter in network.parameters() if parameter.requires_grad]
    assert all(parameter.grad is not None and parameter.grad.abs().sum() > 0 for parameter in learned)


def test_the_fields_in_the_registry_are_the_published_ones() -> None:
    fields = {slug: ARCHITECTURES[slug].receptive_field for slug in ("two_path_cnn", "pereira", "ghafoorian")}

    assert fields == {"two_path_cnn": (33, 33), "pereira": (33, 33), "ghafoorian": (128, 128)}


def test_pereiras_two_ways_at_the_border_share_their_weights() -> None:
    padded = Pereira(sequences=4, classes=5, borders="zeros").eval()
    valid = Pereira(sequences=4, classes=5, borders="image").eval()
    valid.load_state_dict(padded.state_dict())
    inner = torch.zeros(1, 4, 49, 49)
    inner[..., 8:41, 8:41] = torch.randn(1, 4, 33, 33)

    # Not the same numbers: padding puts zeros about every layer's maps, the image only about the first's.
    assert not torch.equal(padded.forward_patches(inner[..., 8:41, 8:41]), valid.forward_patches(inner))
    assert padded.margin == 16
    assert valid.margin == 24


def test_cascade_keeps_the_first_network_as_it_was_trained() -> None:
    torch.manual_seed(2)
    network = InputCascadeCNN(sequences=2, classes=3).train()
    before = {name: value.clone() for name, value in network.first.state_dict().items()}
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1)

    loss = network.forward_patches(torch.randn(4, 2, 65, 65)).square().sum()
    loss.backward()
    optimiser.step()

    assert not network.first.training
    assert network.second.training
    assert all(torch.equal(before[name], value) for name, value in network.first.state_dict().items())
    assert {name.partition(".")[0] for name in network.state_dict()} == {"first", "second"}


@torch.inference_mode()
def test_cascade_sees_what_the_first_network_says() -> None:
    torch.manual_seed(3)
    network = InputCascadeCNN(sequences=2, classes=3).eval()
    x = torch.randn(1, 2, 65, 65)
    before = network(x)

    network.first.output.bias += torch.tensor([5.0, 0, 0])

    assert not torch.allclose(before, network(x))


@torch.inference_mode()
def test_ghafoorian_reads_location_at_the_voxel_itself() -> None:
    network = make("ghafoorian", {}, WMH, 2)
    x = torch.zeros(1, network.channels, 131, 131)
    before = network(x)

    x[:, 2:, 64, 65] = 0.5
    changed = (network(x) != before).any(dim=1)[0]

    assert changed.nonzero().tolist() == [[0, 1]]


@torch.inference_mode()
def test_ghafoorians_prior_is_looked_up_at_x_y_and_z() -> None:
    network = Ghafoorian(sequences=2, classes=2)
    position = torch.tensor([-0.5, 1.0, 0.25]).view(1, 3, 1, 1)
    axis = torch.linspace(-1, 1, 24)
    x, y, z = torch.meshgrid(axis, axis, axis, indexing="ij")

    network.lesion_prior.copy_(x + 10 * y + 100 * z)  # linear: interpolation gives it exactly

    torch.testing.assert_close(network._prior(position).item(), -0.5 + 10 + 25, atol=1e-3, rtol=0)


def test_ghafoorian_without_location_takes_images_alone() -> None:
    network = Ghafoorian(sequences=2, classes=2, location=False)

    assert network.features == ()
    assert network.channels == 2
    assert count_parameters(network) == 2_668_212 - 200 * 8
    assert Ghafoorian(sequences=2, classes=2).features == FEATURES


def test_location_counts_from_the_first_step_on() -> None:
    """Distances come in decimetres: a centimetre of depth must move the hidden layer as an image does."""
    network = make("ghafoorian", {}, WMH, 2).train()
    x = torch.randn(2, network.channels, 129, 129, requires_grad=True)

    network(x)[:, 1].sum().backward()

    assert x.grad is not None
    of_depth = x.grad[:, 2 + FEATURES.index("cortex")].abs().max()
    assert of_depth > x.grad[:, :2].abs().max()


@pytest.mark.parametrize("padding", [0, 3])
def test_large_kernels_learn_by_fourier_what_convolutions_give(padding: int) -> None:
    torch.manual_seed(0)
    large = LargeConv2d(3, 2, (9, 7), padding=padding)
    x = torch.randn(2, 3, 17, 14)

    learning, running = large.train()(x), large.eval()(x)

    torch.testing.assert_close(learning, running, atol=1e-5, rtol=0)
    by_fourier, plain = (torch.autograd.grad(y.square().sum(), large.weight)[0] for y in (learning, running))
    torch.testing.assert_close(by_fourier, plain, atol=1e-3, rtol=1e-4)
