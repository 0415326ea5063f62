"""The systems that see slices or volumes: what they have, what they see, and what they say of parts."""

import itertools

import pytest
import torch
from torch import Tensor, nn

from tests.workers.zoo.measuring import receptive_field, with_statistics
from workers.contract import ModelConfig
from workers.zoo import build
from workers.zoo.brosch import Brosch
from workers.zoo.deepmedic import DEEPMEDIC, DeepMedic
from workers.zoo.hemis import HEMIS, Hemis
from workers.zoo.network import Network, count_parameters
from workers.zoo.segnet import SMALL as SEGNET_SMALL
from workers.zoo.segnet import TINY as SEGNET_TINY
from workers.zoo.segnet import SegNet
from workers.zoo.unet3d import SMALL as UNET3D_SMALL
from workers.zoo.unet3d import TINY as UNET3D_TINY

torch.set_num_threads(1)


def make(architecture: str, sequences: int, classes: int, **settings: object) -> Network:
    torch.manual_seed(3)
    return build(
        ModelConfig(
            architecture=architecture,
            sequences=("flair", "t1", "t1ce", "t2")[:sequences],
            labels=tuple(range(classes)),
            scheme="s",
            settings=settings,
        )
    )


@pytest.mark.parametrize(
    ("architecture", "sequences", "classes", "settings", "parameters"),
    [
        pytest.param("deepmedic", 4, 5, {}, 663_155, id="deepmedic"),
        pytest.param("hemis", 4, 5, {}, 309_285, id="hemis"),
        pytest.param("brosch", 3, 2, {}, 2_164_737, id="brosch"),
        pytest.param("segnet", 3, 21, {}, 29_455_125, id="segnet-as-published"),
        pytest.param("segnet", 4, 5, {}, 29_446_469, id="segnet"),
        pytest.param("segnet", 4, 5, SEGNET_SMALL, 410_117, id="segnet-small"),
        pytest.param("segnet", 4, 5, SEGNET_TINY, 204_989, id="segnet-tiny"),
        pytest.param("unet3d", 4, 4, {}, 31_192_868, id="unet3d"),
        pytest.param("unet3d", 4, 4, UNET3D_SMALL, 1_402_612, id="unet3d-small"),
        pytest.param("unet3d", 4, 4, UNET3D_TINY, 85_852, id="unet3d-tiny"),
    ],
)
def test_parameters_are_those_of_the_system(
    architecture: str, sequences: int, classes: int, settings: dict[str, object], parameters: int
) -> None:
    assert count_parameters(make(architecture, sequences, classes, **settings)) == parameters


# ------------------------------------------------------------------------------------------------- DeepMedic


class OnePath(Network):
    """One path of DeepMedic by itself, so that its field can be measured."""

    dimensions, channels = 3, 1

    def __init__(self, network: DeepMedic, *, coarse: bool) -> None:
        super().__init__()
        self.network, self.coarse = network, coarse

    def forward(self, x: Tensor) -> Tensor:
        silenced = self.network.fine if self.coarse else self.network.coarse
        handle = silenced.register_forward_hook(lambda module, inputs, output: output * 0)
        result: Tensor = self.network(x)
        handle.remove()
        return result


@pytest.mark.parametrize(("coarse", "field"), [(False, 17), (True, 51)])
def test_deepmedic_paths_see_17_and_51_voxels(coarse: bool, field: int) -> None:
    # Fewer maps see as far, in a tenth of the time.
    network = with_statistics(make("deepmedic", 1, 2, widths=[2] * 8, joined=4))
    assert isinstance(network, DeepMedic)

    assert receptive_field(OnePath(network, coarse=coarse), channels=1, extent=57, trials=1) == (field,) * 3
    assert DEEPMEDIC.receptive_field == (51, 51, 51)


def test_deepmedic_whole_is_what_its_segments_of_9_voxels_say() -> None:
    network = with_statistics(make("deepmedic", 2, 3))
    x = torch.randn(1, 2, 57, 57, 66)

    with torch.inference_mode():
        whole = network(x)
        assert whole.shape == (1, 3, 9, 9, 18)
        for k in (0, 9):
            segment = network(x[..., k : k + 57])
            torch.testing.assert_close(segment, whole[..., k : k + 9], atol=1e-5, rtol=0)


def test_deepmedic_margin_is_what_its_output_lacks_whatever_its_depth() -> None:
    network = make("deepmedic", 1, 2, widths=[2, 2, 2], joined=4).eval()

    assert network.margin == 9
    assert network(torch.zeros(1, 1, 24, 21, 27)).shape[2:] == (6, 3, 9)


# ----------------------------------------------------------------------------------------------------- HeMIS


def test_hemis_sees_34_voxels() -> None:
    network = make("hemis", 2, 2, width=4, joined=4).eval()

    assert receptive_field(network, channels=2, extent=80) == (34, 34) == HEMIS.receptive_field


@pytest.fixture(scope="module")
def hemis() -> Hemis:
    network = make("hemis", 4, 5).eval()
    assert isinstance(network, Hemis)
    return network


def test_hemis_answers_each_of_the_15_subsets_by_itself(hemis: Hemis) -> None:
    subsets = torch.tensor([bits for bits in itertools.product((False, True), repeat=4) if any(bits)])
    x = torch.randn(1, 4, 24, 24).expand(15, -1, -1, -1)

    with torch.inference_mode():
        output = hemis(x, subsets)

    assert output.shape == (15, 5, 24, 24)
    assert torch.isfinite(output).all()
    distances = torch.cdist(output.flatten(1), output.flatten(1)) + 1e3 * torch.eye(15)
    assert distances.min() > 0.1


@torch.inference_mode()
def test_hemis_does_not_look_at_what_is_missing(hemis: Hemis) -> None:
    x, present = (
        torch.randn(2, 4, 24, 24),
        torch.tensor([[True, False, True, True], [False, True, True, False]]),
    )
    other = torch.where(present[:, :, None, None], x, torch.nan)

    torch.testing.assert_close(hemis(other, present), hemis(x, present))


@torch.inference_mode()
def test_hemis_does_not_depend_on_the_order_of_its_sequences(hemis: Hemis) -> None:
    order = [2, 0, 3, 1]
    other = make("hemis", 4, 5).eval()
    assert isinstance(other, Hemis)
    other.join.load_state_dict(hemis.join.state_dict())
    for place, k in enumerate(order):
        other.of_sequence[place].load_state_dict(hemis.of_sequence[k].state_dict())
    x, present = torch.randn(1, 4, 24, 24), torch.tensor([[True, True, False, True]])

    torch.testing.assert_close(other(x[:, order], present[:, order]), hemis(x, present))


@torch.inference_mode()
def test_hemis_variance_is_that_of_the_sequences_present_and_0_of_one(hemis: Hemis) -> None:
    seen: list[Tensor] = []
    handle = hemis.join[0].register_forward_hook(lambda module, inputs, output: seen.append(inputs[0]))
    x = torch.randn(1, 4, 24, 24)

    hemis(x, torch.tensor([[False, True, False, False]]))
    hemis(x, torch.tensor([[True, True, False, True]]))
    handle.remove()

    assert (seen[0][:, 48:] == 0).all()
    maps = torch.stack([hemis.of_sequence[k](x[:, k : k + 1]) for k in (0, 1, 3)])
    torch.testing.assert_close(seen[1][:, :48], maps.mean(dim=0))
    torch.testing.assert_close(seen[1][:, 48:], maps.var(dim=0))


def test_hemis_learns_from_each_subset_with_finite_gradients() -> None:
    network = make("hemis", 3, 2, width=4, joined=4, output_size=5)
    present = torch.tensor([[True, False, False], [True, True, False]])

    network(torch.randn(2, 3, 12, 12), present).square().mean().backward()

    gradients = [parameter.grad for parameter in network.parameters()]
    assert all(gradient is None or torch.isfinite(gradient).all() for gradient in gradients)
    assert [layers[0].weight.grad is not None for layers in network.of_sequence] == [True, True, False]  # type: ignore[union-attr,index]


# ---------------------------------------------------------------------------------------------------- Brosch


def test_brosch_gives_each_lesion_voxel_its_sigmoid() -> None:
    network = make("brosch", 3, 2).eval()
    logits = torch.zeros(1, 2, 2, 1, 1)
    logits[0, 1] = torch.tensor([-2.0, 1.0])[:, None, None]

    lesions = network.probabilities(logits)[0, :, :, 0, 0]

    torch.testing.assert_close(lesions[1], torch.sigmoid(torch.tensor([-2.0, 1.0])))
    torch.testing.assert_close(lesions.sum(dim=0), torch.ones(2))


def test_brosch_with_more_classes_still_sums_to_one() -> None:
    network = make("brosch", 1, 4, width=2, first=3, second=2)

    probabilities = network.probabilities(5 * torch.randn(1, 4, 3, 3, 3))

    torch.testing.assert_close(probabilities.sum(dim=1), torch.ones(1, 3, 3, 3))
    assert (probabilities >= 0).all()


@torch.inference_mode()
@pytest.mark.parametrize("extent", [(30, 28, 32), (8, 40, 2)])
def test_brosch_gives_every_even_extent_back(extent: tuple[int, int, int]) -> None:
    network = make("brosch", 2, 2, width=2)

    assert isinstance(network, Brosch)
    assert network.least_extent == 28
    assert network(torch.randn(1, 2, *extent)).shape == (1, 2, *extent)


def test_brosch_shortcut_carries_detail_past_the_second_layer() -> None:
    network = make("brosch", 1, 2, width=2)
    assert isinstance(network, Brosch)
    nn.init.zeros_(network.decode_first.weight)
    x = torch.randn(1, 1, 28, 28, 28, requires_grad=True)

    network(x)[0, 1, 14, 14, 14].backward()

    assert x.grad is not None
    span = x.grad[0, 0].nonzero()
    assert (span.amax(dim=0) - span.amin(dim=0) + 1).tolist() == [17, 17, 17]  # 9³ down and 9³ up


# ------------------------------------------------------------------------------------------ SegNet and U-Net


@torch.inference_mode()
def test_segnet_unpools_to_where_the_maxima_were() -> None:
    network = make("segnet", 1, 2, widths=[1], convolutions=[1]).eval()
    assert isinstance(network, SegNet)
    network.encoders[0], network.decoders[0] = nn.Identity(), nn.Identity()
    network.head = nn.Identity()  # type: ignore[assignment]
    x = torch.tensor([[1.0, 9, 2, 2], [3, 4, 8, 2], [0, 0, 5, 6], [7, 0, 6, 8]])[None, None]

    expected = torch.tensor([[0.0, 9, 0, 0], [0, 0, 8, 0], [0, 0, 0, 0], [7, 0, 0, 8]])[None, None]
    assert torch.equal(network(x), expected)


@torch.inference_mode()
@pytest.mark.parametrize("residual", [False, True])
def test_unet3d_gives_the_extent_back_and_does_not_depend_on_the_rest_of_the_batch(residual: bool) -> None:
    network = with_statistics(make("unet3d", 2, 3, widths=[4, 6, 8], blocks=[1, 2, 1], residual=residual))
    x = torch.randn(3, 2, 8, 12, 4)

    whole = network(x)

    assert whole.shape == (3, 3, 8, 12, 4)
    torch.testing.assert_close(network(x[1:2]), whole[1:2])


@torch.inference_mode()
def test_unet3d_says_the_same_of_a_voxel_in_a_crop_that_begins_at_a_multiple_of_its_stride() -> None:
    network = with_statistics(make("unet3d", 1, 2, widths=[4, 6, 8], blocks=[1, 1, 1]))
    x = torch.randn(1, 1, 96, 8, 8)

    whole, crop = network(x), network(x[:, :, 8:88])

    torch.testing.assert_close(crop[:, :, 36:44], whole[:, :, 44:52])
    assert not torch.allclose(network(x[:, :, 9:89])[:, :, 35:43], whole[:, :, 44:52], atol=1e-4)


@pytest.mark.parametrize(
    ("architecture", "settings"),
    [
        ("unet3d", {"widths": [8, 16], "blocks": [1]}),
        ("unet3d", {"widths": [8], "blocks": [1]}),
        ("segnet", {"widths": [8, 0], "convolutions": [1, 1]}),
        ("brosch", {"first": 8}),
    ],
)
def test_settings_that_make_no_network_are_refused_by_the_name_of_the_system(
    architecture: str, settings: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match=architecture):
        make(architecture, 2, 2, **settings)
