"""Consensus versions that experts drew: what the fusion's raters agree on stays, the labelmap is another."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction

from backend.consensus import fusing
from backend.consensus.fusing import Input, Votes
from backend.consensus.models import ConsensusVersion, FusionRefusal, LeaveOneOut
from backend.consensus.services import next_number, publish_created
from backend.datasets.selectors import grid_of, images_of
from backend.datasets.services import scheme_of
from backend.numerics.arrays import Labelmap
from backend.numerics.volumes import voxel_digest


@dataclass(frozen=True, slots=True)
class Settled:
    """A labelmap whose files are stored, and what is told of it."""

    parameters: Mapping[str, Any]
    labelmap_digest: str
    voxel_digest: str
    agreement_map_digest: str
    thumbnail_digest: str
    agreement: dict[str, Any]


def describe(
    labelmap: Labelmap,
    *,
    base: ConsensusVersion,
    inputs: Sequence[Input],
    parameters: Mapping[str, Any],
    provenance: Mapping[str, Any],
) -> Settled:
    """Store the files of a labelmap that was drawn upon a version, and describe it.

    Args:
        inputs: those of the version.
        parameters, provenance: JSON, kept with the version.
    """
    case = base.case
    scheme, grid = scheme_of(case.dataset.scheme), grid_of(case)
    image = next(iter(images_of(case)), None)
    volumes = fusing.volumes_ml(labelmap, scheme, grid)
    agreeing = _percent_agreeing(labelmap, fusing.read_votes(inputs, scheme))
    return Settled(
        parameters=parameters,
        labelmap_digest=fusing.store_labelmap(labelmap, grid),
        voxel_digest=voxel_digest(labelmap, grid),
        agreement_map_digest=fusing.store_labelmap(agreeing, grid),
        thumbnail_digest=fusing.store_thumbnail(
            labelmap, grid, scheme, image.served_digest if image else None
        ),
        agreement=base.agreement | {"consensus_volumes_ml": volumes, "provenance": dict(provenance)},
    )


def save(settled: Settled, *, base: ConsensusVersion) -> ConsensusVersion:
    """Make it the case's next version; its raters are judged by the same fusions of the others."""
    with transaction.atomic():
        document = [ConsensusVersion.ADJUDICATED, dict(settled.parameters), base.inputs, fusing.CODE_VERSION]
        consensus = ConsensusVersion.objects.create(
            case=base.case,
            number=next_number(base.case),
            method=ConsensusVersion.ADJUDICATED,
            parameters=dict(settled.parameters),
            inputs=base.inputs,
            inputs_digest=hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest(),
            code_version=fusing.CODE_VERSION,
            labelmap_digest=settled.labelmap_digest,
            voxel_digest=settled.voxel_digest,
            agreement_map_digest=settled.agreement_map_digest,
            thumbnail_digest=settled.thumbnail_digest,
            agreement=settled.agreement,
        )
        LeaveOneOut.objects.bulk_create(
            LeaveOneOut(
                consensus=consensus,
                rater_id=row.rater_id,
                annotation_id=row.annotation_id,
                revision=row.revision,
                labelmap_digest=row.labelmap_digest,
                dice=row.dice,
            )
            for row in base.leave_one_out.all()
        )
        FusionRefusal.objects.filter(case=base.case).delete()
        publish_created(consensus)
    return consensus


def _percent_agreeing(labelmap: Labelmap, votes: Votes) -> Labelmap:
    """uint8: of the raters who are sure of a voxel those whose label it has; 0 where nobody is."""
    agreeing = np.zeros(labelmap.shape, dtype=np.uint8, order="F")
    sure = np.full(labelmap.shape, len(votes.labelmaps), dtype=np.uint8, order="F")
    for labels, unsure in zip(votes.labelmaps, votes.unsure, strict=True):
        same = labels == labelmap
        if unsure is not None:
            same &= ~unsure
            sure -= unsure
        agreeing += same
    percent = np.rint(
        100
        * np.arange(len(votes.labelmaps) + 1)[:, np.newaxis]
        / np.maximum(np.arange(len(votes.labelmaps) + 1), 1)
    ).astype(np.uint8)
    found: Labelmap = percent[agreeing, sure]
    return found
