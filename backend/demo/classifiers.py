"""Three methods that learn voxels' labels: two forests and a coarse logistic regression."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from backend.demo.features import Images, Prepared, context_features, prepare, voxel_features, without_islands
from backend.demo.fields import Floats, Labels, Mask, Spacing, blur
from backend.demo.phantom import make_case
from backend.demo.raters import simulate_raters

COARSE_MM = 4.5
_LABELS = 5
_VOXELS_PER_LABEL = 1500

Featurize = Callable[[Prepared, Mask], Floats]


@dataclass(frozen=True)
class TrainingCase:
    """A prepared case and, per voxel, the label that most of five simulated raters gave it."""

    case: Prepared
    labels: Labels


def make_training_cases(
    *, seed: int, count: int = 5, spacing_mm: float = 2.0, tiny: bool = False
) -> list[TrainingCase]:
    """Phantoms to learn from; their seed must not be that of the cases to be segmented."""
    cases = []
    for index in range(count):
        phantom = make_case(index, seed=seed, spacing_mm=spacing_mm, tiny=tiny)
        drawn = simulate_raters(phantom.labelmap, seed=seed, index=index, spacing_mm=phantom.spacing_mm)
        votes = np.stack(
            [np.sum([map_ == value for map_ in drawn.values()], axis=0) for value in range(_LABELS)]
        )
        labels = votes.argmax(axis=0).astype(np.uint8)
        cases.append(TrainingCase(prepare(phantom.images, phantom.spacing_mm), labels))
    return cases


@dataclass(frozen=True)
class VoxelForest:
    """Random forest on each voxel's own intensities, and nothing done to its answer."""

    forest: RandomForestClassifier

    @classmethod
    def train(cls, training: Sequence[TrainingCase], *, seed: int) -> "VoxelForest":
        return cls(_train_forest(training, lambda case, where: voxel_features(case.normal, where), 20, seed))

    def predict(self, images: Images, spacing_mm: Spacing) -> Labels:
        case = prepare(images, spacing_mm)
        where = case.suspicious()
        labels = np.zeros(where.shape, dtype=np.uint8)
        if where.any():
            labels[where] = self.forest.predict(voxel_features(case.normal, where))
        return labels


@dataclass(frozen=True)
class ContextForest:
    """Random forest that also sees a voxel's surroundings; smoothed, and small islands removed."""

    forest: RandomForestClassifier

    @classmethod
    def train(cls, training: Sequence[TrainingCase], *, seed: int) -> "ContextForest":
        return cls(_train_forest(training, context_features, 30, seed))

    def predict(self, images: Images, spacing_mm: Spacing) -> Labels:
        case = prepare(images, spacing_mm)
        where = case.suspicious()
        if not where.any():
            return np.zeros(where.shape, dtype=np.uint8)
        chances = _spread(self.forest, context_features(case, where), where)
        smooth = [blur(chance, sigma_mm=0.7, spacing_mm=spacing_mm) for chance in chances]
        labels = np.argmax(smooth, axis=0).astype(np.uint8)
        tumour = without_islands(labels > 0, smallest_ml=1.5, spacing_mm=spacing_mm)
        return np.where(tumour & case.brain, labels, 0).astype(np.uint8)


@dataclass(frozen=True)
class CoarseLogistic:
    """Logistic regression on a coarse copy of the case, its probabilities enlarged back to the full grid."""

    model: Pipeline

    @classmethod
    def train(cls, training: Sequence[TrainingCase]) -> "CoarseLogistic":
        tables, targets = [], []
        for example in training:
            coarse, inside = _coarse(example.case)
            spacing_mm = example.case.spacing_mm
            shares = [_reduce(example.labels == value, spacing_mm) for value in range(_LABELS)]
            tables.append(voxel_features(coarse, inside))
            targets.append(np.argmax(shares, axis=0)[inside])
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300))
        return cls(model.fit(np.concatenate(tables), np.concatenate(targets)))

    def predict(self, images: Images, spacing_mm: Spacing) -> Labels:
        case = prepare(images, spacing_mm)
        coarse, inside = _coarse(case)
        chances = _spread(self.model, voxel_features(coarse, inside), inside)
        zoom = [full / small for full, small in zip(case.brain.shape, inside.shape, strict=True)]
        fine = [ndimage.zoom(chance, zoom, order=1, grid_mode=True, mode="nearest") for chance in chances]
        labels = np.where(case.brain, np.argmax(fine, axis=0), 0).astype(np.uint8)
        tumour = without_islands(labels > 0, smallest_ml=3.0, spacing_mm=spacing_mm)
        return np.where(tumour, labels, 0).astype(np.uint8)


def _train_forest(
    training: Sequence[TrainingCase], featurize: Featurize, trees: int, seed: int
) -> RandomForestClassifier:
    tables, targets = [], []
    for k, example in enumerate(training):
        where = _sample(example.case.suspicious(), example.labels, rng=np.random.default_rng([seed, k]))
        tables.append(featurize(example.case, where))
        targets.append(example.labels[where])
    forest = RandomForestClassifier(
        n_estimators=trees, max_depth=14, min_samples_leaf=8, max_features="sqrt", random_state=seed, n_jobs=1
    )
    return forest.fit(np.concatenate(tables), np.concatenate(targets))


def _sample(where: Mask, labels: Labels, *, rng: np.random.Generator) -> Mask:
    """A random choice of `where`: so many voxels of each label at most, more of the varied background."""
    chosen = np.zeros(where.shape, dtype=bool)
    for value in range(_LABELS):
        places = np.flatnonzero(where & (labels == value))
        chosen.flat[rng.permutation(places)[: _VOXELS_PER_LABEL * (3 if value == 0 else 1)]] = True
    return chosen


def _spread(model: RandomForestClassifier | Pipeline, table: Floats, where: Mask) -> Floats:
    """Class probabilities on the grid, shape (5, X, Y, Z); background is certain outside `where`."""
    chances = np.zeros((_LABELS, *where.shape), dtype=np.float32)
    chances[0][~where] = 1
    for value, column in zip(model.classes_, model.predict_proba(table).T, strict=True):
        chances[int(value)][where] = column
    return chances


def _coarse(case: Prepared) -> tuple[dict[str, Floats], Mask]:
    """Normalised images and brain mask on voxels of about `COARSE_MM`."""
    images = {name: _reduce(image, case.spacing_mm) for name, image in case.normal.items()}
    return images, _reduce(case.brain, case.spacing_mm) > 0.5


def _reduce(image: Floats | Mask, spacing_mm: Spacing) -> Floats:
    smooth = blur(image.astype(np.float32), sigma_mm=COARSE_MM / 2.5, spacing_mm=spacing_mm)
    zoom = [max(2, round(n * step / COARSE_MM)) / n for n, step in zip(image.shape, spacing_mm, strict=True)]
    reduced: Floats = ndimage.zoom(smooth, zoom, order=1, grid_mode=True, mode="nearest")
    return reduced
