"""What is learned once the networks are: the stages that follow them in a package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace

import torch
from torch import Tensor
from torch.nn import functional

from workers.contract import ModelConfig
from workers.inference import imputation
from workers.inference.crf_tuning import tune_crf
from workers.inference.post_network import PostNetwork
from workers.inference.predictor import Predictor
from workers.inference.stages import PostNetworkSettings, read_stages
from workers.training.cases import LabelledCase, classes_of, indices_of
from workers.training.losses import IGNORED

POST_NETWORK_STEPS = 60
POST_NETWORK_RATE = 3e-3

Weights = Mapping[str, Tensor]


def fit_imputation(
    config: ModelConfig, cases: Sequence[LabelledCase], predictor: Predictor, *, seed: int
) -> dict[str, Tensor]:
    """The regressors of `impute`, from training's cases."""
    fit = imputation.Fit(len(config.sequences))
    for k, case in enumerate(cases):
        prepared = predictor.prepare(case.images)
        fit.add(prepared.images, prepared.present, seed=seed + k)
    return fit.solve()


def learn_stages(
    config: ModelConfig,
    weights: Weights,
    training: Sequence[LabelledCase],
    validation: Sequence[LabelledCase],
    *,
    device: torch.device,
    crf_trials: int,
    seed: int,
) -> tuple[ModelConfig, dict[str, Tensor]]:
    """Config and weights with every stage of the config learned, one after the other.

    A second network learns from training's cases. A field of which no setting is given is tuned on the
    validation cases, and left out where nothing is better without it, or where there are no such cases.
    """
    done = replace(config, stages=())
    known = dict(weights)
    for settings in config.stages:
        if dict(settings) == {"kind": "crf"}:
            chosen = _tuned(done, known, validation, device, trials=crf_trials, seed=seed)
            if chosen is None:
                continue
            settings = chosen
        following = replace(done, stages=(*done.stages, settings))
        stage = read_stages(following)[-1]
        if isinstance(stage, PostNetworkSettings):
            network = _post_network(done, known, training, stage, device=device, seed=seed)
            prefix = f"stages.{len(done.stages)}."
            known |= {prefix + name: tensor for name, tensor in network.state_dict().items()}
        done = following
    return done, known


def _tuned(
    config: ModelConfig,
    weights: Weights,
    cases: Sequence[LabelledCase],
    device: torch.device,
    *,
    trials: int,
    seed: int,
) -> Mapping[str, object] | None:
    if not cases:
        return None
    predictor = Predictor(config, weights, device=device)
    parts = list(_answers(predictor, cases))
    spacings = [predictor.prepare(case.images).frame.network_spacing_mm for case in cases]
    found = tune_crf(
        [probabilities for probabilities, _, _ in parts],
        [images for _, images, _ in parts],
        [classes.clamp_min(0) for _, _, classes in parts],
        spacing_mm=spacings,
        trials=trials,
        seed=seed,
    )
    return None if found.settings is None else {"kind": "crf", **asdict(found.settings)}


def _post_network(
    config: ModelConfig,
    weights: Weights,
    cases: Sequence[LabelledCase],
    settings: PostNetworkSettings,
    *,
    device: torch.device,
    seed: int,
) -> PostNetwork:
    """Trained by cross entropy on whole cases, in turn."""
    torch.manual_seed(seed)
    network = PostNetwork(
        sequences=len(config.sequences), classes=len(config.labels), width=settings.width
    ).to(device)
    optimiser = torch.optim.Adam(network.parameters(), lr=POST_NETWORK_RATE)
    parts = list(_answers(Predictor(config, weights, device=device), cases))
    for step in range(POST_NETWORK_STEPS):
        probabilities, images, classes = parts[step % len(parts)]
        logits = network(probabilities[None], images[None])
        loss = functional.cross_entropy(logits, classes[None], ignore_index=IGNORED)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
    return network.eval().cpu()


def _answers(predictor: Predictor, cases: Sequence[LabelledCase]) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Of each case that has a brain: probabilities, images and class indices over the predictor's crop."""
    for case in cases:
        prepared = predictor.prepare(case.images)
        found = predictor.probabilities(prepared)
        if found is None:
            continue
        probabilities, crop, _, _ = found
        bare = replace(crop, margin=(0, 0, 0))
        classes = torch.from_numpy(classes_of(case, prepared, predictor.config))
        targets = indices_of(bare.cut(classes[None])[0]).to(probabilities.device)
        images = bare.cut(prepared.images).to(probabilities.device)
        # Computed without gradients, and yet to be learned from.
        yield probabilities.clone(), images, targets
