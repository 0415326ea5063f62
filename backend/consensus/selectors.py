"""Reads of consensus versions: organizers see all, participants the labelmaps of phases that share theirs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from backend.accounts.models import User
from backend.annotations.models import Annotation
from backend.annotations.selectors import compared_rereads
from backend.challenges import permissions
from backend.challenges.models import Role
from backend.challenges.permissions import Permission, Person
from backend.common.errors import NotFound
from backend.consensus.models import ConsensusVersion, FusionRefusal, LeaveOneOut
from backend.consensus.summary import (
    DatasetAgreement,
    FusedCase,
    IntraRaterMeans,
    Reread,
    summarise,
    summarise_rereads,
)
from backend.datasets.models import Case, Dataset
from backend.datasets.selectors import AnnotationProgress, case_rows, latest_version


@dataclass(frozen=True, slots=True)
class SeenConsensus:
    """A version, and whether this person may see how it came about: its raters and their agreement."""

    consensus: ConsensusVersion
    is_open: bool


@dataclass(frozen=True, slots=True)
class CaseConsensus:
    """A case with its head, and why the last try to fuse it failed, if it did."""

    case: Case
    progress: AnnotationProgress
    head: ConsensusVersion | None
    refusal: FusionRefusal | None


@dataclass(frozen=True, slots=True)
class DatasetConsensusAgreement:
    """The agreement over a dataset's cases, and of which cases it says nothing.

    Args:
        case_count: of the latest version.
        imported: cases whose consensus was imported; its raters are not known.
        single_rater: cases of which one rater's labelmap is the consensus.
        people: the raters, by user id.
        rereads, intra_raters: how far raters agree with themselves, where they read cases again.
    """

    case_count: int
    imported: int
    single_rater: int
    people: dict[int, User]
    found: DatasetAgreement
    rereads: list[Reread]
    intra_raters: list[IntraRaterMeans]


def load_case(case_id: UUID) -> Case:
    return (
        Case.objects.select_related("dataset__scheme", "dataset__challenge")
        .prefetch_related("files")
        .get(pk=case_id)
    )


def annotated_cases(dataset_id: UUID) -> list[UUID]:
    """The ids of the dataset's cases, of any version, for which somebody has submitted."""
    submitted = Case.objects.filter(
        dataset_id=dataset_id, assignments__annotation__status=Annotation.Status.SUBMITTED
    )
    return list(submitted.order_by("name", "pk").values_list("pk", flat=True).distinct())


def get_case(user: Person, case_id: UUID, permission: Permission) -> Case:
    """The case, if the person has this permission in its dataset's challenge."""
    case = Case.objects.select_related("dataset__challenge", "dataset__scheme").filter(pk=case_id).first()
    if case is None:
        raise NotFound("There is no such case, or it is not yours to see.")
    permissions.require(user, permission, case.dataset.challenge)
    return case


def head_of(case: Case) -> ConsensusVersion | None:
    """The current version: the one of the highest number."""
    return ConsensusVersion.objects.filter(case=case).order_by("-number").first()


def is_signed(version: ConsensusVersion) -> bool:
    """Whether experts signed it and it was not withdrawn since.

    Adjudications lie above this app; they are reached by the name of their relation.
    """
    if version.method != ConsensusVersion.ADJUDICATED:
        return False
    return not ConsensusVersion.objects.filter(pk=version.pk, adjudicated_by__status="withdrawn").exists()


def shared_cases(user: Person) -> QuerySet[Case]:
    """The cases whose reference a phase shares with this person as a participant."""
    if not user.is_authenticated:
        return Case.objects.none()
    return Case.objects.filter(
        versions__phases__reference_shared=True,
        versions__phases__challenge__memberships__user=user,
        versions__phases__challenge__memberships__role=Role.PARTICIPANT,
    )


def versions_of(user: Person, case_id: UUID) -> list[SeenConsensus]:
    """All versions of a case from the head down for organizers; for participants the head, where shared."""
    case = Case.objects.select_related("dataset__challenge").filter(pk=case_id).first()
    if case is None:
        raise NotFound("There is no such case, or it is not yours to see.")
    is_open = permissions.allows(user, Permission.CONSENSUS_VIEW, case.dataset.challenge)
    versions = _with_raters(ConsensusVersion.objects.filter(case=case)).order_by("-number")
    if is_open:
        return [SeenConsensus(consensus, is_open=True) for consensus in versions]
    if not shared_cases(user).filter(pk=case.pk).exists():
        permissions.require(user, Permission.CONSENSUS_VIEW, case.dataset.challenge)
    return [SeenConsensus(consensus, is_open=False) for consensus in versions[:1]]


def get_consensus(user: Person, consensus_id: UUID) -> SeenConsensus:
    consensus = (
        _with_raters(ConsensusVersion.objects.filter(pk=consensus_id))
        .select_related("case__dataset__challenge")
        .first()
    )
    if consensus is None:
        raise NotFound("There is no such consensus version, or it is not yours to see.")
    if permissions.allows(user, Permission.CONSENSUS_VIEW, consensus.case.dataset.challenge):
        return SeenConsensus(consensus, is_open=True)
    if shared_cases(user).filter(pk=consensus.case_id).exists():
        return SeenConsensus(consensus, is_open=False)
    raise NotFound("There is no such consensus version, or it is not yours to see.")


def get_agreement_map(user: Person, consensus_id: UUID) -> ConsensusVersion:
    """A version that has an agreement map.

    Raises:
        NotFound: there is no such version, or it was imported.
        NotAllowed: only the labelmap is shared with this person.
    """
    consensus = get_consensus(user, consensus_id).consensus
    permissions.require(user, Permission.CONSENSUS_VIEW, consensus.case.dataset.challenge)
    if not consensus.agreement_map_digest:
        raise NotFound(
            f"Case {consensus.case.name}: version {consensus.number} was imported, and its raters are not "
            "known; there is a map for every version that was fused here."
        )
    return consensus


def dataset_agreement(dataset: Dataset) -> DatasetConsensusAgreement:
    """The raters' agreement over the cases of the latest version; some queries for all of them together."""
    version = latest_version(dataset)
    cases = version.cases.all() if version else Case.objects.none()
    heads = (
        _with_raters(ConsensusVersion.objects.filter(case__in=cases.order_by()))
        .select_related("case")
        .order_by("case_id", "-number")
        .distinct("case_id")
    )
    fused = [head for head in heads if head.agreement["rater_volumes_ml"]]
    regions = [region["key"] for region in dataset.scheme.regions]
    rereads = _rereads_of(cases.values_list("pk", flat=True))
    found = summarise(
        [
            FusedCase(
                id=head.case_id,
                name=head.case.name,
                agreement=head.agreement,
                left_out={row.rater_id: row.dice for row in head.leave_one_out.all()},
            )
            for head in sorted(fused, key=lambda head: (head.case.name, head.case_id))
        ],
        regions,
    )
    return DatasetConsensusAgreement(
        case_count=cases.count(),
        imported=len(heads) - len(fused),
        single_rater=len(fused) - len(found.cases),
        people=User.objects.in_bulk({means.rater for means in found.raters} | {row.rater for row in rereads}),
        found=found,
        rereads=rereads,
        intra_raters=summarise_rereads(rereads, regions),
    )


def _rereads_of(case_ids: Iterable[UUID]) -> list[Reread]:
    return [
        Reread(
            rater=again.assignment.rater_id,
            case=again.assignment.case_id,
            case_name=again.assignment.case.name,
            days_between=(again.submitted_at - first.submitted_at) / timedelta(days=1),
            dice=measured["dice"],
            kappa=measured["kappa"],
        )
        for again in compared_rereads(list(case_ids))
        if (measured := again.intra_rater)
        and (first := again.assignment.reread_of)
        and first.submitted_at
        and again.submitted_at
    ]


def case_consensus(cases: list[Case]) -> list[CaseConsensus]:
    """Each case with its progress and head, in the same order; some queries for all of them together."""
    ids = [case.pk for case in cases]
    heads = _with_raters(
        ConsensusVersion.objects.filter(case__in=ids).order_by("case_id", "-number").distinct("case_id")
    )
    by_case = {head.case_id: head for head in heads}
    refusals = {refusal.case_id: refusal for refusal in FusionRefusal.objects.filter(case__in=ids)}
    return [
        CaseConsensus(row.case, row.progress, by_case.get(row.case.pk), refusals.get(row.case.pk))
        for row in case_rows(cases)
    ]


def raters_of(consensus: Iterable[ConsensusVersion]) -> dict[int, User]:
    """Everyone who went into any of these versions, by id."""
    ids = {item["rater"] for version in consensus for item in version.inputs if "rater" in item}
    return User.objects.in_bulk(ids)


def _with_raters(versions: QuerySet[ConsensusVersion]) -> QuerySet[ConsensusVersion]:
    rows = LeaveOneOut.objects.select_related("rater").order_by("rater_id")
    return versions.prefetch_related(Prefetch("leave_one_out", queryset=rows))
