"""Every event, typed. Events carry ids, never scores: who is told refetches, and permissions decide.

`topics` names the audiences that are told (`backend.live` checks who may listen to one). Topics:
`challenge:<id>` who may see the challenge · `dataset:<id>` its organizers ·
`rater:<user>` one rater, who is told no id of a case ·
`board:<phase>` who may see the phase's scores · `phase:<id>` who may see the phase ·
`submission:<id>` its author and the organizers · `submissions:<phase>` the organizers ·
`adjudication:<id>` its experts and the organizers · `algorithm:<id>` its owner and the organizers ·
`run:<id>` who asked for it and the organizers · `training:<id>`, `models:<challenge>` the organizers.
"""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from backend.events.base import Event as Event
from backend.events.of_models import AlgorithmChanged as AlgorithmChanged
from backend.events.of_models import AlgorithmVersionUploaded as AlgorithmVersionUploaded
from backend.events.of_models import RunComputed as RunComputed
from backend.events.of_models import RunEnded as RunEnded
from backend.events.of_models import RunProgressed as RunProgressed
from backend.events.of_models import RunRequested as RunRequested
from backend.events.of_models import TrainingEnded as TrainingEnded
from backend.events.of_models import TrainingProgressed as TrainingProgressed
from backend.events.of_models import TrainingRequested as TrainingRequested


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReceived(Event):
    name: ClassVar[str] = "import_received"
    audience: ClassVar[tuple[str, ...]] = ("dataset:{dataset_id}",)
    import_id: UUID
    dataset_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportConfirmed(Event):
    name: ClassVar[str] = "import_confirmed"
    audience: ClassVar[tuple[str, ...]] = ("dataset:{dataset_id}",)
    import_id: UUID
    dataset_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportProgressed(Event):
    """The import's state or progress changed."""

    name: ClassVar[str] = "import_progressed"
    audience: ClassVar[tuple[str, ...]] = ("dataset:{dataset_id}",)
    import_id: UUID
    dataset_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetVersionCreated(Event):
    name: ClassVar[str] = "dataset_version_created"
    audience: ClassVar[tuple[str, ...]] = ("dataset:{dataset_id}",)
    version_id: UUID
    dataset_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FusionChanged(Event):
    """The dataset's fusion method or parameters changed: its cases are to be fused anew."""

    name: ClassVar[str] = "fusion_changed"
    audience: ClassVar[tuple[str, ...]] = ("dataset:{dataset_id}",)
    dataset_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentChanged(Event):
    """A rater was assigned a case, or lost it, or its state changed."""

    name: ClassVar[str] = "assignment_changed"
    audience: ClassVar[tuple[str, ...]] = ("dataset:{dataset_id}", "rater:{rater_id}")
    assignment_id: UUID
    dataset_id: UUID
    rater_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationRevised(Event):
    name: ClassVar[str] = "annotation_revised"
    audience: ClassVar[tuple[str, ...]] = ("dataset:{dataset_id}", "rater:{rater_id}")
    annotation_id: UUID
    dataset_id: UUID
    rater_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationSubmitted(Event):
    name: ClassVar[str] = "annotation_submitted"
    audience: ClassVar[tuple[str, ...]] = ("dataset:{dataset_id}",)
    annotation_id: UUID
    case_id: UUID
    dataset_id: UUID
    rater_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationReopened(Event):
    name: ClassVar[str] = "annotation_reopened"
    audience: ClassVar[tuple[str, ...]] = ("dataset:{dataset_id}",)
    annotation_id: UUID
    case_id: UUID
    dataset_id: UUID
    rater_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFusionRequested(Event):
    """Somebody, or a change of the dataset's method, asks for this case to be fused."""

    name: ClassVar[str] = "case_fusion_requested"
    case_id: UUID
    dataset_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsensusCreated(Event):
    name: ClassVar[str] = "consensus_created"
    audience: ClassVar[tuple[str, ...]] = ("dataset:{dataset_id}",)
    consensus_id: UUID
    case_id: UUID
    dataset_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsensusRefused(Event):
    """Fusing this case was not possible; the case says why."""

    name: ClassVar[str] = "consensus_refused"
    audience: ClassVar[tuple[str, ...]] = ("dataset:{dataset_id}",)
    case_id: UUID
    dataset_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjudicationEdited(Event):
    """Somebody painted, or took a region; of several edits at once the last is told."""

    name: ClassVar[str] = "adjudication_edited"
    audience: ClassVar[tuple[str, ...]] = ("adjudication:{adjudication_id}",)
    adjudication_id: UUID
    number: int
    edit_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjudicationChanged(Event):
    """It was opened, signed or withdrawn, or its experts are others."""

    name: ClassVar[str] = "adjudication_changed"
    audience: ClassVar[tuple[str, ...]] = ("adjudication:{adjudication_id}", "dataset:{dataset_id}")
    adjudication_id: UUID
    case_id: UUID
    dataset_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseChanged(Event):
    name: ClassVar[str] = "phase_changed"
    audience: ClassVar[tuple[str, ...]] = ("challenge:{challenge_id}", "phase:{phase_id}")
    phase_id: UUID
    challenge_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseReferenceReplaced(Event):
    """The set of consensus versions that the phase scores against is a new one."""

    name: ClassVar[str] = "phase_reference_replaced"
    audience: ClassVar[tuple[str, ...]] = ("submissions:{phase_id}",)
    reference_id: UUID
    phase_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionReceived(Event):
    name: ClassVar[str] = "submission_received"
    audience: ClassVar[tuple[str, ...]] = ("submission:{submission_id}", "submissions:{phase_id}")
    submission_id: UUID
    phase_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionAccepted(Event):
    name: ClassVar[str] = "submission_accepted"
    audience: ClassVar[tuple[str, ...]] = ("submission:{submission_id}", "submissions:{phase_id}")
    submission_id: UUID
    phase_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionChanged(Event):
    """The submission's state or progress changed."""

    name: ClassVar[str] = "submission_changed"
    audience: ClassVar[tuple[str, ...]] = ("submission:{submission_id}", "submissions:{phase_id}")
    submission_id: UUID
    phase_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionWithdrawn(Event):
    """Its author took the submission off the board."""

    name: ClassVar[str] = "submission_withdrawn"
    audience: ClassVar[tuple[str, ...]] = ("submission:{submission_id}", "submissions:{phase_id}")
    submission_id: UUID
    phase_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvaluationRequested(Event):
    name: ClassVar[str] = "case_evaluation_requested"
    case_evaluation_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationCompleted(Event):
    name: ClassVar[str] = "evaluation_completed"
    audience: ClassVar[tuple[str, ...]] = ("submission:{submission_id}", "submissions:{phase_id}")
    evaluation_id: UUID
    submission_id: UUID
    phase_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayPictureRequested(Event):
    """Somebody looks at a case of a submission, and its picture is not drawn yet."""

    name: ClassVar[str] = "overlay_picture_requested"
    picture_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RescoringRequested(Event):
    """An organizer asks for every submission's scores under today's metric set."""

    name: ClassVar[str] = "rescoring_requested"
    audience: ClassVar[tuple[str, ...]] = ("submissions:{phase_id}",)
    phase_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RaterScoresRequested(Event):
    """The raters of a consensus are to be scored, each against the fusion of the others."""

    name: ClassVar[str] = "rater_scores_requested"
    consensus_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RatersScored(Event):
    """Every rater of the phase's reference has scores under its metric set."""

    name: ClassVar[str] = "raters_scored"
    phase_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderboardChanged(Event):
    name: ClassVar[str] = "leaderboard_changed"
    audience: ClassVar[tuple[str, ...]] = ("board:{phase_id}",)
    phase_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderboardAnalysed(Event):
    """How stable the order of the phase's latest board is, is now known, or that it cannot be."""

    name: ClassVar[str] = "leaderboard_analysed"
    audience: ClassVar[tuple[str, ...]] = ("board:{phase_id}",)
    phase_id: UUID


# By name: `slots=True` makes each class anew, and __subclasses__ lists the discarded first ones too.
EVENTS: tuple[type[Event], ...] = tuple({event.name: event for event in Event.__subclasses__()}.values())
