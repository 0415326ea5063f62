"""Simulated participants: five simple methods that segment a case from its images alone.

They are baselines, honestly described, to give the demo's board a spread of real algorithms with real errors.
None of them sees the labelmap of a case it segments.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backend.demo.classifiers import COARSE_MM, CoarseLogistic, ContextForest, TrainingCase, VoxelForest
from backend.demo.features import Images
from backend.demo.fields import Labels, Spacing
from backend.demo.untrained import predict_by_clusters, predict_by_thresholds

# Far from any seed a challenge is likely to use: no method learns from the cases it is scored on.
TRAINING_SEED = 740_205


@dataclass(frozen=True)
class Participant:
    """A team and its method; `predict(images, spacing_mm)` returns a labelmap on the images' grid."""

    name: str
    description: str
    predict: Callable[[Images, Spacing], Labels]


def make_participants(training: Sequence[TrainingCase], *, seed: int = 0) -> tuple[Participant, ...]:
    """Trains the methods that learn and returns all five."""
    return (
        Participant(
            "Context Forest",
            "Random forest on intensities, their surroundings and left-right asymmetry, trained on five "
            "other phantoms; probabilities smoothed, small islands removed.",
            ContextForest.train(training, seed=seed).predict,
        ),
        Participant(
            "Voxel Forest",
            "Random forest on each voxel's four intensities alone, trained on five other phantoms; "
            "no clean-up.",
            VoxelForest.train(training, seed=seed).predict,
        ),
        Participant(
            "Two Thresholds",
            "No training: one threshold on FLAIR for the whole tumour, one on T1c minus T1 for the enhancing "
            "part. Knows no non-enhancing tumour.",
            predict_by_thresholds,
        ),
        Participant(
            "Coarse Logistic",
            f"Logistic regression on images reduced to {COARSE_MM} mm voxels: thin rims and small foci "
            "are lost.",
            CoarseLogistic.train(training).predict,
        ),
        Participant(
            "Mirror Clusters",
            "No training: k-means on voxels that differ from the other hemisphere, clusters named by their "
            "contrast. Fails where a tumour crosses the midline.",
            predict_by_clusters,
        ),
    )
