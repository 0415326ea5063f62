"""What a lesion is, which predictions belong to it and which lesions count: rules of challenges, by name."""

from __future__ import annotations

from dataclasses import dataclass

PENALTY_MM = 374.0  # the diagonal of the 240×240×155 grid at 1 mm, rounded up


@dataclass(frozen=True)
class LesionRules:
    """How lesions are made and matched.

    Args:
        slug: its name on the wire.
        title, description: for people.
        dilations: how often the reference is dilated (18-neighbourhood); components of the dilation are the
            lesions, and predictions that touch one belong to it.
        least_volume_mm3: lesions up to this volume leave the mean, and still absorb predictions.
        least_volume_of_region_mm3: the same where a region differs: ((region key, mm³), ...).
        connectivity: of components.
        penalty_mm: the distance of a missed and of an invented lesion.
        merge_predictions: join predicted components by the same dilation.
        least_predicted_voxels: predicted lesions up to this size do not exist.
    """

    slug: str
    title: str
    description: str
    dilations: int
    least_volume_mm3: float
    least_volume_of_region_mm3: tuple[tuple[str, float], ...] = ()
    connectivity: int = 26
    penalty_mm: float = PENALTY_MM
    merge_predictions: bool = False
    least_predicted_voxels: int = 0

    def least_volume(self, region: str) -> float:
        return dict(self.least_volume_of_region_mm3).get(region, self.least_volume_mm3)


BRATS_2023 = LesionRules(
    "brats2023",
    "BraTS 2023, glioma",
    "Reference dilated 3 times; lesions up to 50 mm³ are not counted; penalty 374 mm.",
    dilations=3,
    least_volume_mm3=50,
)

RULES: dict[str, LesionRules] = {
    rules.slug: rules
    for rules in (
        BRATS_2023,
        LesionRules(
            "brats2023_men",
            "BraTS 2023, meningioma",
            "Reference dilated once; lesions up to 50 mm³ are not counted; penalty 374 mm.",
            dilations=1,
            least_volume_mm3=50,
        ),
        LesionRules(
            "brats2023_met",
            "BraTS 2023, metastases",
            "Reference dilated once; lesions up to 2 mm³ are not counted; penalty 374 mm.",
            dilations=1,
            least_volume_mm3=2,
        ),
        LesionRules(
            "brats2024",
            "BraTS 2024, glioma",
            "Both sides dilated 3 times; lesions up to 20 mm³ (enhancing 10) are not counted; "
            "penalty 337 mm.",
            dilations=3,
            least_volume_mm3=20,
            least_volume_of_region_mm3=(("enhancing", 10),),
            penalty_mm=337,
            merge_predictions=True,
        ),
        LesionRules(
            "brats2024_ped",
            "BraTS 2024, paediatric",
            "Both sides dilated 5 times; lesions up to 10 mm³ are not counted, predicted ones up to 10 "
            "voxels do not exist; penalty 337 mm.",
            dilations=5,
            least_volume_mm3=10,
            penalty_mm=337,
            merge_predictions=True,
            least_predicted_voxels=10,
        ),
    )
}
