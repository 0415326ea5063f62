"""An adjudication's labelmaps and maps as they are served: .nii.gz on the case's grid."""

from dataclasses import dataclass

from backend.accounts.models import User
from backend.adjudication.logs import log_of, read_table
from backend.adjudication.models import Adjudication, AdjudicationEdit
from backend.adjudication.provenance import Provenance, trace_provenance
from backend.annotations import replay
from backend.challenges.permissions import Permission, Person, allows
from backend.common.errors import NotFound
from backend.datasets.selectors import grid_of
from backend.numerics.arrays import Labelmap
from backend.numerics.volumes import write_labelmap_nifti


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A code of the provenance as one person may see it: of raters experts learn no names."""

    code: int
    source: str
    person: User | None
    voxels: int
    volume_ml: float


def labelmap_at(adjudication: Adjudication, number: int) -> bytes:
    """The state after an edit; 0 is the consensus that is adjudicated.

    Raises:
        NotFound: there is no such edit yet.
    """
    if number > adjudication.head:
        raise NotFound(
            f"The adjudication of case {adjudication.case.name} has no edit {number}; its latest is "
            f"{adjudication.head}."
        )
    labelmap = replay.state_at(log_of(adjudication), number).labelmap
    return write_labelmap_nifti(labelmap, grid=grid_of(adjudication.case))


def source_digest(adjudication: Adjudication, key: str) -> str:
    """The file of a rater's key, of "fused", or of the maps "regions" and "entropy".

    Raises:
        NotFound: there is no such source.
    """
    digests = {rater["key"]: rater["labelmap_digest"] for rater in adjudication.raters} | {
        AdjudicationEdit.FUSED: adjudication.base.labelmap_digest,
        "regions": adjudication.regions_digest,
        "entropy": adjudication.entropy_digest,
    }
    if key not in digests:
        raise NotFound(
            f"Case {adjudication.case.name}: there is no source {key}; ask for {', '.join(digests)}."
        )
    return digests[key]


def provenance_of(adjudication: Adjudication, labelmap: Labelmap) -> Provenance:
    """Of the head, whose labelmap this is."""
    edits = adjudication.edits.filter(number__lte=adjudication.head).order_by("number")
    return trace_provenance(
        adjudication,
        edits,
        table=read_table(adjudication.table_digest),
        labelmap=labelmap,
        grid=grid_of(adjudication.case),
    )


def provenance_map(adjudication: Adjudication) -> bytes:
    """The codes of the head."""
    return write_labelmap_nifti(_head_provenance(adjudication).codes, grid=grid_of(adjudication.case))


def provenance_legend(adjudication: Adjudication, *, user: Person) -> list[LegendEntry]:
    """What the codes stand for."""
    named = allows(user, Permission.ADJUDICATE, adjudication.case.dataset.challenge)
    raters = {rater["key"] for rater in adjudication.raters}
    legend = _head_provenance(adjudication).legend
    people = User.objects.in_bulk(entry.person for entry in legend if entry.person is not None)
    return [
        LegendEntry(
            code=entry.code,
            source=entry.source,
            person=None
            if entry.person is None or (entry.source in raters and not named)
            else people[entry.person],
            voxels=entry.voxels,
            volume_ml=entry.volume_ml,
        )
        for entry in legend
    ]


def _head_provenance(adjudication: Adjudication) -> Provenance:
    labelmap = replay.state_at(log_of(adjudication), adjudication.head).labelmap
    return provenance_of(adjudication, labelmap)
