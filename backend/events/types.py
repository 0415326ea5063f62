"""Every event, typed. Events carry ids, never scores: who is told refetches, and permissions decide.

`topics` names the audiences that are told (`backend.live` checks who may listen to one). Topics:
`challenge:<id>` who may see the challenge · `dataset:<id>` its organizers · `rater:<user>` one rater ·
`board:<phase>` who may see the phase's scores · `phase:<id>` who may see the phase ·
`submission:<id>` its author and the organizers · `submissions:<phase>` the organizers.
"""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that has happened. `name` is the word on the wire."""

    name: ClassVar[str]

    def topics(self) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReceived(Event):
    name: ClassVar[str] = "import_received"
    import_id: UUID
    dataset_id: UUID

    def topics(self) -> tuple[str, ...]:
        return (f"dataset:{self.dataset_id}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportConfirmed(Event):
    name: ClassVar[str] = "import_confirmed"
    import_id: UUID
    dataset_id: UUID

    def topics(self) -> tuple[str, ...]:
        return (f"dataset:{self.dataset_id}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportProgressed(Event):
    """The import's state or progress changed."""

    name: ClassVar[str] = "import_progressed"
    import_id: UUID
    dataset_id: UUID

    def topics(self) -> tuple[str, ...]:
        return (f"dataset:{self.dataset_id}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetVersionCreated(Event):
    name: ClassVar[str] = "dataset_version_created"
    version_id: UUID
    dataset_id: UUID

    def topics(self) -> tuple[str, ...]:
        return (f"dataset:{self.dataset_id}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class FusionChanged(Event):
    """The dataset's fusion method or parameters changed: its cases are to be fused anew."""

    name: ClassVar[str] = "fusion_changed"
    dataset_id: UUID

    def topics(self) -> tuple[str, ...]:
        return (f"dataset:{self.dataset_id}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentChanged(Event):
    """A rater was assigned a case, or lost it, or its state changed."""

    name: ClassVar[str] = "assignment_changed"
    assignment_id: UUID
    dataset_id: UUID
    rater_id: int

    def topics(self) -> tuple[str, ...]:
        return (f"dataset:{self.dataset_id}", f"rater:{self.rater_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationRevised(Event):
    name: ClassVar[str] = "annotation_revised"
    annotation_id: UUID
    dataset_id: UUID
    rater_id: int

    def topics(self) -> tuple[str, ...]:
        return (f"dataset:{self.dataset_id}", f"rater:{self.rater_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationSubmitted(Event):
    name: ClassVar[str] = "annotation_submitted"
    annotation_id: UUID
    case_id: UUID
    dataset_id: UUID
    rater_id: int

    def topics(self) -> tuple[str, ...]:
        return (f"dataset:{self.dataset_id}", f"rater:{self.rater_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationReopened(Event):
    name: ClassVar[str] = "annotation_reopened"
    annotation_id: UUID
    case_id: UUID
    dataset_id: UUID
    rater_id: int

    def topics(self) -> tuple[str, ...]:
        return (f"dataset:{self.dataset_id}", f"rater:{self.rater_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFusionRequested(Event):
    """Somebody, or a change of the dataset's method, asks for this case to be fused."""

    name: ClassVar[str] = "case_fusion_requested"
    case_id: UUID
    dataset_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsensusCreated(Event):
    name: ClassVar[str] = "consensus_created"
    consensus_id: UUID
    case_id: UUID
    dataset_id: UUID

    def topics(self) -> tuple[str, ...]:
        return (f"dataset:{self.dataset_id}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsensusRefused(Event):
    """Fusing this case was not possible; the case says why."""

    name: ClassVar[str] = "consensus_refused"
    case_id: UUID
    dataset_id: UUID

    def topics(self) -> tuple[str, ...]:
        return (f"dataset:{self.dataset_id}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseChanged(Event):
    name: ClassVar[str] = "phase_changed"
    phase_id: UUID
    challenge_id: UUID

    def topics(self) -> tuple[str, ...]:
        return (f"challenge:{self.challenge_id}", f"phase:{self.phase_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseReferenceReplaced(Event):
    """The set of consensus versions that the phase scores against is a new one."""

    name: ClassVar[str] = "phase_reference_replaced"
    reference_id: UUID
    phase_id: UUID

    def topics(self) -> tuple[str, ...]:
        return (f"submissions:{self.phase_id}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionReceived(Event):
    name: ClassVar[str] = "submission_received"
    submission_id: UUID
    phase_id: UUID

    def topics(self) -> tuple[str, ...]:
        return (f"submission:{self.submission_id}", f"submissions:{self.phase_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionAccepted(Event):
    name: ClassVar[str] = "submission_accepted"
    submission_id: UUID
    phase_id: UUID

    def topics(self) -> tuple[str, ...]:
        return (f"submission:{self.submission_id}", f"submissions:{self.phase_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionChanged(Event):
    """The submission's state or progress changed."""

    name: ClassVar[str] = "submission_changed"
    submission_id: UUID
    phase_id: UUID

    def topics(self) -> tuple[str, ...]:
        return (f"submission:{self.submission_id}", f"submissions:{self.phase_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionWithdrawn(Event):
    """Its author took the submission off the board."""

    name: ClassVar[str] = "submission_withdrawn"
    submission_id: UUID
    phase_id: UUID

    def topics(self) -> tuple[str, ...]:
        return (f"submission:{self.submission_id}", f"submissions:{self.phase_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvaluationRequested(Event):
    name: ClassVar[str] = "case_evaluation_requested"
    case_evaluation_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationCompleted(Event):
    name: ClassVar[str] = "evaluation_completed"
    evaluation_id: UUID
    submission_id: UUID
    phase_id: UUID

    def topics(self) -> tuple[str, ...]:
        return (f"submission:{self.submission_id}", f"submissions:{self.phase_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderboardChanged(Event):
    name: ClassVar[str] = "leaderboard_changed"
    phase_id: UUID

    def topics(self) -> tuple[str, ...]:
        return (f"board:{self.phase_id}",)


# By name: `slots=True` makes each class anew, and __subclasses__ lists the discarded first ones too.
EVENTS: tuple[type[Event], ...] = tuple({event.name: event for event in Event.__subclasses__()}.values())
