"""A model and a device: a case's images in, a labelmap on the case's own grid out."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workers.contract import ContractError, ModelConfig
from workers.inference import missing, package, stages
from workers.inference.engine import Engine, most_probable
from workers.inference.folding import fold_norms
from workers.inference.location import location_features
from workers.inference.normalisation import normalise
from workers.inference.plan import Plan
from workers.inference.preprocess import (
    CaseImages,
    Crop,
    Frame,
    Mask,
    box_of,
    crop_to,
    find_brain,
    require_finite,
)
from workers.inference.uploads import Uploads


@dataclass(frozen=True, eq=False)
class Prepared:
    """A case that a network may be fed.

    Args:
        images: (sequences, X, Y, Z), normalised, along RAS; 0 where a sequence is missing.
        present: bool, (sequences,).
        brain: (X, Y, Z).
        features: (features, X, Y, Z) of location-sensitive networks.
    """

    frame: Frame
    images: Tensor
    present: Tensor
    brain: Mask
    features: Tensor


@dataclass(frozen=True, eq=False)
class Fed:
    """All that a network is fed for one case; made while the network is busy with the case before.

    Args:
        crop: about the brain; None where there is none: all is background then.
        member: the network for the sequences that are there.
        volume: (channels, X, Y, Z) of the crop with its margin, on the device or on its way there.
        filled: (sequences, X, Y, Z), likewise, without the margin: what stages look at.
        present: bool, (sequences,), of `filled`.
        arrived: on a GPU, when both are there.
        seconds: that it took.
    """

    prepared: Prepared
    crop: Crop | None
    member: missing.Member
    volume: Tensor
    filled: Tensor
    present: Tensor
    arrived: torch.cuda.Event | None
    seconds: float


@dataclass(frozen=True, eq=False)
class Prediction:
    """What came of one case.

    Args:
        labelmap: uint8, on the case's grid, the config's labels.
        seconds: of preparing, network, and the rest.
        plan: None where the case has no brain: everything is background then, and `note` says so.
    """

    labelmap: NDArray[np.uint8]
    seconds: Mapping[str, float] = field(default_factory=dict)
    plan: Plan | None = None
    note: str = ""


class Predictor:
    """
    Args:
        config, weights: of the package; checked here.
        device: a torch device or its name.
        budget_bytes, compiled, dtype: of the `Engine`.
        engine: one of another make, in place of the networks that config and weights describe; there are
            no weights to check then.

    Raises:
        ContractError, BadWeights: they do not fit each other.
    """

    def __init__(
        self,
        config: ModelConfig,
        weights: Mapping[str, Tensor],
        *,
        device: torch.device | str = "cpu",
        budget_bytes: int | None = None,
        compiled: bool = False,
        dtype: torch.dtype | None = None,
        engine: Engine | None = None,
    ) -> None:
        if engine is None:
            package.check(config, weights)
        self.config, self.weights, self.device = config, weights, torch.device(device)
        self._options = {"budget_bytes": budget_bytes, "compiled": compiled, "dtype": dtype}
        self._engines = {one.prefix: engine for one in missing.members(config) if engine is not None}
        self._making = threading.Lock()  # `feed` and `compute` run at once
        self._uploads = Uploads(self.device)
        if config.flips and self._engine(missing.members(config)[0]).network.features:
            raise ContractError(
                "flips: a network that is told left from right cannot be mirrored; leave it off"
            )

    def predict(self, case: CaseImages) -> Prediction:
        """
        Raises:
            BadImage, MissingSequence: the case cannot be used.
            DoesNotFit: there is too little memory even for small windows.
        """
        return self.compute(self.feed(case))

    def feed(self, case: CaseImages) -> Fed:
        """The first half of `predict`, on the processor: may run while `compute` does, in another thread."""
        began = time.perf_counter()
        fed = self._feed(self.prepare(case))
        return replace(fed, seconds=time.perf_counter() - began)

    def compute(self, fed: Fed) -> Prediction:
        """The second half of `predict`: the network, and labels on the case's grid."""
        began = time.perf_counter()
        found = self._compute(fed)
        frame = fed.prepared.frame
        if found is None:
            labelmap = np.zeros(frame.grid.shape, np.uint8)
            return Prediction(labelmap, {"prepare": fed.seconds}, note="no brain: all images are 0")
        probabilities, crop, plan, network_s = found
        labels = frame.turn_back(self._labels(probabilities, crop, fed.prepared))
        rest = time.perf_counter() - began - network_s
        seconds = {"prepare": fed.seconds, "network": network_s, "finish": rest}
        return Prediction(np.asarray(labels, np.uint8), seconds, plan)

    def prepare(self, case: CaseImages) -> Prepared:
        """Turn, resample, normalise; no network yet."""
        config = self.config
        frame = Frame(case.grid, config.spacing_mm)
        present = torch.tensor([name in case.images for name in config.sequences])
        seen = {}
        for name in config.sequences:
            if name in case.images:
                require_finite(name, case.images[name])
                seen[name] = frame.look_at(case.images[name])
        brain = find_brain(list(seen.values())) if seen else np.zeros(frame.shape, bool)
        # Pages that are never written to take no memory, and no time: all beyond the brain's box.
        images = np.zeros((len(config.sequences), *frame.shape), np.float32)
        if box := box_of(brain):
            raw = np.zeros((len(config.sequences), *brain[box].shape), np.float32)
            for target, name in zip(raw, config.sequences, strict=True):
                if name in seen:
                    target[:] = seen[name][box]
            images[:, *box] = normalise(
                raw,
                np.ascontiguousarray(brain[box]),
                name=config.normalisation,
                settings=config.normalisation_settings,
                sequences=config.sequences,
            )
        features = self._features(seen, brain, frame)
        return Prepared(frame, torch.from_numpy(images), present, brain, features)

    def probabilities(self, prepared: Prepared) -> tuple[Tensor, Crop, Plan, float] | None:
        """(classes, …) over the crop, after the config's stages; the windows taken; seconds of the network.

        None where there is no brain.
        """
        return self._compute(self._feed(prepared))

    def _feed(self, prepared: Prepared) -> Fed:
        member = missing.member(self.config, prepared.present)
        network = self._engine(member).network
        crop = crop_to(
            prepared.brain, stride=network.stride, margin=network.margin, dimensions=network.dimensions
        )
        if crop is None:
            nothing = prepared.images[:, :0]
            return Fed(prepared, None, member, nothing, nothing, prepared.present, None, 0.0)
        # Filled in within a margin of the brain: what is beyond is 0 whatever the strategy.
        cut = crop.cut(prepared.images)
        filled, present = missing.fill(cut, prepared.present, self.config, self.weights)
        volume = filled
        if member.sequences != self.config.sequences:
            volume = filled[[self.config.sequences.index(name) for name in member.sequences]]
        if len(prepared.features):
            volume = torch.cat((volume, crop.cut(prepared.features)))
        inner = crop.without_margin(filled) if self.config.stages else filled[:, :0]
        (volume, inner), arrived = self._uploads.send(volume, inner)
        return Fed(prepared, crop, member, volume, inner, present, arrived, 0.0)

    def _compute(self, fed: Fed) -> tuple[Tensor, Crop, Plan, float] | None:
        if fed.crop is None:
            return None
        self._uploads.wait_for(fed.arrived, fed.volume, fed.filled)
        done = self._engine(fed.member).run(fed.volume, shape=fed.crop.shape, present=fed.present)
        probabilities = stages.apply(
            self.config,
            done.probabilities,
            images=fed.filled,
            weights=self.weights,
            spacing_mm=fed.prepared.frame.network_spacing_mm,
        )
        return probabilities, fed.crop, done.plan, done.seconds

    def _labels(self, probabilities: Tensor, crop: Crop, prepared: Prepared) -> NDArray[np.uint8]:
        """Along RAS, on the case's voxels; background outside the brain."""
        frame, table = prepared.frame, np.array(self.config.labels, np.uint8)
        if frame.is_resampled:
            everywhere = probabilities.new_zeros((len(probabilities), *frame.shape))
            everywhere[0] = 1
            crop.paste(probabilities, everywhere)
            return table[most_probable(frame.resample_back(everywhere)).cpu().numpy()]
        labels = torch.from_numpy(table[most_probable(probabilities).cpu().numpy()])
        whole = torch.zeros((1, *frame.shape), dtype=torch.uint8)
        crop.paste(labels[None], whole)
        box = box_of(prepared.brain)
        assert box is not None  # or there were no crop
        inside = np.zeros(frame.shape, np.uint8)
        np.multiply(whole[0].numpy()[box], prepared.brain[box], out=inside[box])
        return inside

    def _features(self, seen: Mapping[str, NDArray[np.generic]], brain: Mask, frame: Frame) -> Tensor:
        names = self._engine(missing.members(self.config)[0]).network.features
        if not names:
            return torch.zeros((0, *brain.shape))
        images = {name: np.ascontiguousarray(one, np.float32) for name, one in seen.items() if one.any()}
        found = location_features(names, images=images, brain=brain, spacing_mm=frame.network_spacing_mm)
        return torch.from_numpy(found)

    def _engine(self, member: missing.Member) -> Engine:
        with self._making:
            if member.prefix not in self._engines:
                network = fold_norms(package.load_network(self.config, self.weights, member))
                self._engines[member.prefix] = Engine(
                    network,
                    device=self.device,
                    flips=self.config.flips,
                    **self._options,  # type: ignore[arg-type]
                )
            return self._engines[member.prefix]
