"""What `make train-zoo` trains, for how long, and on what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.demo.fields import Spacing
from backend.numerics.labels import SCHEMES
from benchmarks import wmh_phantom
from benchmarks.phantoms import SEQUENCES, Phantom, tumour_phantoms, wmh_phantoms
from workers.contract import ModelConfig, to_json
from workers.training.recipe import Phase
from workers.training.recipes import PUBLISHED, config_for
from workers.training.validation import Regions
from workers.zoo import ghafoorian, segnet, unet3d

TUMOURS, LESIONS = "tumours", "white matter lesions"
# Slices of white matter are thick and their voxels fine, as FLAIR often is: a patch of 32² sees 16 mm around.
SPACING_MM: Mapping[str, Spacing] = {TUMOURS: (3.0, 3.0, 3.0), LESIONS: (1.0, 1.0, 6.0)}
# Seeds of the demo are others: `backend.demo.phantom.DEMO_SEED`, and of its forests.
TUMOUR_SEED, LESION_SEED = 4_411, 4_412
# To learn from, to look at meanwhile, held out.
COUNTS = {TUMOURS: (27, 3, 6), LESIONS: (9, 2, 5)}


@dataclass(frozen=True)
class Subjects:
    """Phantoms of one kind: to learn from, to look at meanwhile, and held out for the table."""

    training: Sequence[Phantom]
    looked_at: Sequence[Phantom]
    held_out: Sequence[Phantom]
    sequences: tuple[str, ...]
    scheme: str
    labels: tuple[int, ...]
    regions: Regions
    spacing_mm: Spacing


@dataclass(frozen=True)
class Row:
    """
    Args:
        key: what ONLY names.
        recipe: values in place of the system's own, beside those for short budgets.
        minutes: of the processor.
        options: of the config.
        first: the row whose network is this one's `first`, trained before.
    """

    key: str
    name: str
    architecture: str
    minutes: float = 4.0
    phantoms: str = TUMOURS
    settings: Mapping[str, Any] = field(default_factory=dict)
    recipe: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    first: str = ""

    def config(self, subjects: Subjects) -> ModelConfig:
        return config_for(
            self.architecture,
            sequences=subjects.sequences,
            labels=subjects.labels,
            scheme=subjects.scheme,
            settings=dict(self.settings),
            **self.options,
        )


def subjects_of(kind: str) -> Subjects:
    training, looked_at, held_out = COUNTS[kind]
    count, spacing_mm = training + looked_at + held_out, SPACING_MM[kind]
    if kind == TUMOURS:
        scheme = SCHEMES["brats2015"]
        made = tumour_phantoms(count, seed=TUMOUR_SEED, spacing_mm=spacing_mm[0])
        sequences, labels = SEQUENCES, (0, *scheme.values)
    else:
        scheme = SCHEMES["wmh2017"]
        made = wmh_phantoms(count, seed=LESION_SEED, spacing_mm=spacing_mm)
        sequences, labels = wmh_phantom.SEQUENCES, (0, wmh_phantom.LESION)
    return Subjects(
        training=made[:training],
        looked_at=made[training : training + looked_at],
        held_out=made[training + looked_at :],
        sequences=sequences,
        scheme=scheme.slug,
        labels=labels,
        regions={region.key: region.labels for region in scheme.regions},
        spacing_mm=spacing_mm,
    )


def _of_first(phase: Phase) -> bool:
    return phase.part == "first"


# Filters of 5³ and 6³ where the paper has 9³ and 10³ at voxels of 1 mm: here they have 3.
_SMALL_CEN = {"width": 16, "first": 5, "second": 6}
_GHAFOORIAN_SMALL = {**ghafoorian.SMALL, "maps": list(ghafoorian.SMALL["maps"])}
_UNET_SMALL = {key: list(value) for key, value in unet3d.SMALL.items()}
_SEGNET_TINY = {key: list(value) for key, value in segnet.TINY.items()}
_SEGNET_SMALL = {key: list(value) for key, value in segnet.SMALL.items()}

_TUMOURS_OF_CEN = {"rate": 2e-3, "lesion_share_final": 0.2}
# Chunks of volumes with thick slices.
_THICK = {"extent": [64, 64, 16], "batch": 1}
_GHAFOORIANS: Sequence[tuple[str, str, Mapping[str, Any]]] = (
    ("ghafoorian", "Ghafoorian, three scales and location", {}),
    ("ghafoorian_ms", "Ghafoorian, three scales", {"location": False}),
    ("ghafoorian_loc", "Ghafoorian, one scale and location", {"scales": [1]}),
    ("ghafoorian_single", "Ghafoorian, one scale", {"scales": [1], "location": False}),
)


def _ghafoorian(key: str, name: str, **settings: Any) -> Row:
    return Row(
        key,
        f"{name}, small",
        "ghafoorian",
        2.0,
        LESIONS,
        {**_GHAFOORIAN_SMALL, **settings},
        # A look takes as long as a dozen steps.
        recipe={"validation_cases": 1},
    )


# Of a cascade whose first network has been trained.
_SECOND_NETWORK = [to_json(phase) for phase in PUBLISHED["input_cascade_cnn"].phases if not _of_first(phase)]

ROWS = (
    Row("segnet_tiny", "SegNet, tiny", "segnet", 2.0, settings=_SEGNET_TINY),
    Row("unet3d", "3-D U-Net, small", "unet3d", 6.0, settings=_UNET_SMALL),
    Row("segnet", "SegNet, small", "segnet", 3.0, settings=_SEGNET_SMALL),
    Row("two_path_cnn", "TwoPathCNN", "two_path_cnn", 2.0),
    Row(
        "input_cascade_cnn",
        "InputCascadeCNN on the TwoPathCNN above",
        "input_cascade_cnn",
        3.0,
        # Both networks run at each look: one case, and seldom.
        recipe={"phases": _SECOND_NETWORK, "validation_cases": 1, "validate_share": 0.3},
        first="two_path_cnn",
    ),
    Row("pereira", "Pereira, high grade", "pereira", 2.0),
    Row("deepmedic", "DeepMedic", "deepmedic", 6.0),
    Row("hemis", "HeMIS", "hemis", 2.0),
    Row("brosch_tumours", "CEN-s, small filters", "brosch", 1.5, settings=_SMALL_CEN, recipe=_TUMOURS_OF_CEN),
    *(_ghafoorian(key, name, **settings) for key, name, settings in _GHAFOORIANS),
    Row("brosch", "CEN-s, small filters", "brosch", 2.0, LESIONS, _SMALL_CEN, recipe=_THICK),
    Row("unet3d_wmh", "3-D U-Net, small", "unet3d", 2.0, LESIONS, _UNET_SMALL, recipe=_THICK),
)
