"""Dice and HD95 of whole regions and of single lesions.

panoptica has no BraTS rules: its lesions are 26-connected components without dilation, matched one to one at
an IoU of .5. Both sides find components, match them and measure Dice and HD95 of each match; the values over
whole regions, which have one definition, must be equal.
"""

from __future__ import annotations

import contextlib

import numpy as np
from panoptica import (
    ConnectedComponentsInstanceApproximator,
    InputType,
    Metric,
    NaiveThresholdMatching,
    Panoptica_Evaluator,
    disable_citation_reminder,
)
from panoptica.utils.edge_case_handling import (
    EdgeCaseHandler,
    EdgeCaseResult,
    MetricZeroTPEdgeCaseHandling,
)
from panoptica.utils.label_group import LabelMergeGroup
from panoptica.utils.segmentation_class import SegmentationClassGroups

from benchmarks.measuring import Comparison, Run, Subject, Target, require_equal
from benchmarks.regions import SCHEME, SPACING_MM, Values, ours, read_pair

_WHAT = (
    "Dice and HD95 (pooled) of 3 regions and of their lesions; lesions by BraTS 2023 (ours), by components "
    "(peer); whole regions equal"
)


def comparisons() -> list[Comparison]:
    return [
        Comparison(
            "lesionwise",
            "panoptica",
            _WHAT,
            ours("dice", "hd95_pooled", "lesionwise_dice", "lesionwise_hd95"),
            by_panoptica,
            _check,
            Target(at_least=150),
            subjects=6,
            rounds=2,
        ),
        Comparison(
            "lesionwise",
            "panoptica, ours by area",
            "the same with ours by HD95 surface_area, as the BraTS organisers; Dice of whole regions equal",
            ours("dice", "hd95_surface_area", "lesionwise_dice", "lesionwise_hd95"),
            by_panoptica,
            _check_dice,
            Target(at_least=150),
            subjects=4,
            rounds=2,
        ),
    ]


def by_panoptica(subject: Subject) -> Run:
    disable_citation_reminder()
    reference, prediction = (np.ascontiguousarray(array.T) for array in read_pair(subject))
    groups = {region.key: LabelMergeGroup(list(region.labels)) for region in SCHEME.regions}
    with contextlib.redirect_stdout(None):  # it prints that our regions share labels: they are nested
        classes = SegmentationClassGroups(groups)
    evaluator = Panoptica_Evaluator(
        expected_input=InputType.SEMANTIC,
        instance_approximator=ConnectedComponentsInstanceApproximator(),
        instance_matcher=NaiveThresholdMatching(),
        segmentation_class_groups=classes,
        edge_case_handler=EdgeCaseHandler(
            {
                Metric.DSC: MetricZeroTPEdgeCaseHandling(default_result=EdgeCaseResult.ZERO),
                Metric.HD95: MetricZeroTPEdgeCaseHandling(default_result=EdgeCaseResult.INF),
            }
        ),
        instance_metrics=[Metric.DSC, Metric.HD95],
        global_metrics=[Metric.DSC, Metric.HD95],
    )

    def run() -> Values:
        found = evaluator.evaluate(prediction, reference, voxelspacing=SPACING_MM)
        results = [found[region.key] for region in SCHEME.regions]
        return [
            float(getattr(result, f"global_bin_{name}")) for name in ("dsc", "hd95") for result in results
        ]

    return run


def _check(ours: Values, theirs: Values) -> None:
    require_equal("Dice and HD95 of whole regions", ours[:6], theirs, within=1e-9)


def _check_dice(ours: Values, theirs: Values) -> None:
    require_equal("Dice of whole regions", ours[:3], theirs[:3], within=1e-12)
