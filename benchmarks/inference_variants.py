"""One case of BraTS size through one network in many ways: MONAI's windows, ours, and what lies between.

Every way begins with the case's images as read and ends with labels on the case's grid; the same weights, one
thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from monai.inferers import sliding_window_inference
from numpy.typing import NDArray
from torch import Tensor, nn

from workers.contract import ModelConfig
from workers.inference import missing, package
from workers.inference.folding import fold_norms
from workers.inference.predictor import Predictor
from workers.inference.preprocess import CaseImages, Crop, Frame, crop_to, find_brain

Labels = NDArray[np.uint8]
Way = Callable[[CaseImages], Labels]
ROI = (96, 96, 96)


@dataclass(frozen=True)
class Variant:
    """
    Args:
        name: for the table.
        way: from a case to its labels.
        warm: how often each case is run beforehand, so that compiling and choosing kernels is not timed; 0:
            runs so long that this does not matter, each once.
    """

    name: str
    way: Way
    warm: int = 0


def variants(config: ModelConfig, weights: Mapping[str, Tensor], *, compiled: bool = False) -> list[Variant]:
    """MONAI first, ours last; between them one change after another."""
    member = missing.members(config)[0]
    layout = torch.channels_last_3d
    plain = Plain(config, package.load_network(config, weights, member))
    laid_out = Plain(config, _laid_out(package.load_network(config, weights, member)), layout=layout)
    network = _laid_out(fold_norms(package.load_network(config, weights, member)))
    folded = Plain(config, network, layout=layout)
    exact, ours = Predictor(config, weights, dtype=torch.float32), Predictor(config, weights)
    found = [
        Variant("MONAI: windows of 96³, overlap .5", lambda case: plain.windows(case, overlap=0.5)),
        Variant("MONAI, overlap .25", lambda case: plain.windows(case, overlap=0.25)),
        Variant(
            "crop to the brain, MONAI, overlap .5", lambda case: plain.cropped_windows(case, overlap=0.5)
        ),
        Variant("crop, one pass", plain.one_pass, warm=1),
        Variant("+ channels last", laid_out.one_pass, warm=1),
        Variant("+ batch norms folded", folded.one_pass, warm=1),
    ]
    if compiled:
        frozen = Plain(config, _compiled(network), layout=layout)
        found.append(Variant("+ torch.compile, freezing (not in ours)", frozen.one_pass, warm=1))
    return [
        *found,
        Variant("ours, held to float32", lambda case: exact.predict(case).labelmap, warm=1),
        Variant("ours: bfloat16 where it pays", lambda case: ours.predict(case).labelmap, warm=1),
    ]


class Plain:
    """What one writes with torch and MONAI at hand: z-scores, logits, argmax, background beyond the brain."""

    def __init__(
        self,
        config: ModelConfig,
        network: nn.Module,
        *,
        layout: torch.memory_format = torch.contiguous_format,
    ) -> None:
        self._config, self._network, self._layout = config, network, layout

    def windows(self, case: CaseImages, *, overlap: float) -> Labels:
        return self._back(case, self._over_windows(self._images(case), overlap)[0].argmax(dim=0))

    def cropped_windows(self, case: CaseImages, *, overlap: float) -> Labels:
        images = self._images(case)
        crop = self._crop(images)
        logits = self._over_windows(crop.cut(images[0])[None], overlap)
        return self._back(case, self._pasted(crop, logits[0], images.shape[2:]))

    def one_pass(self, case: CaseImages) -> Labels:
        images = self._images(case)
        crop = self._crop(images)
        batch = crop.cut(images[0])[None].contiguous(memory_format=self._layout)
        with torch.no_grad():
            logits = self._network(batch)
        return self._back(case, self._pasted(crop, logits[0], images.shape[2:]))

    def _images(self, case: CaseImages) -> Tensor:
        """(1, S, X, Y, Z) along RAS, each z-scored where it is not 0."""
        frame = Frame(case.grid)
        images = torch.from_numpy(
            np.stack([frame.turn(case.images[name]) for name in self._config.sequences])
        )
        for image in images:
            inside = image != 0
            values = image[inside]
            image[inside] = (values - values.mean()) / values.std(unbiased=False)
        return images[None]

    def _over_windows(self, images: Tensor, overlap: float) -> Tensor:
        with torch.inference_mode():
            found = sliding_window_inference(
                images, ROI, sw_batch_size=1, predictor=self._network, overlap=overlap, mode="gaussian"
            )
        assert isinstance(found, Tensor)
        return found

    def _crop(self, images: Tensor) -> Crop:
        crop = crop_to(find_brain(images[0].numpy()), stride=4, margin=0, dimensions=3)
        assert crop is not None
        return crop

    def _pasted(self, crop: Crop, logits: Tensor, shape: torch.Size) -> Tensor:
        labels = torch.zeros((1, *shape), dtype=torch.long)
        crop.paste(logits.argmax(dim=0, keepdim=True), labels)
        return labels[0]

    def _back(self, case: CaseImages, classes: Tensor) -> Labels:
        table = np.array(self._config.labels, np.uint8)
        labels = np.ascontiguousarray(Frame(case.grid).turn_back(table[classes.numpy()]))
        return labels * find_brain(list(case.images.values()))


def _laid_out(network: nn.Module) -> nn.Module:
    moved: nn.Module = network.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]
    return moved


def _compiled(network: nn.Module) -> nn.Module:
    torch._inductor.config.freezing = True
    compiled = torch.compile(network, dynamic=False)  # with shapes left open it fails at the second one
    assert isinstance(compiled, nn.Module)
    return compiled
