"""Why a step of a submission is refused.

Conflict
├── PhaseClosed
├── NoPredictions        it has none of what is asked for
├── IllegalTransition    the submission's state does not allow the step
│   ├── NotWithdrawable
│   └── NotRetryable
LimitReached
└── AttemptsUsedUp
NotAllowed
└── AnnotatedTheReference
"""

from backend.common.errors import Conflict, LimitReached, NotAllowed


class PhaseClosed(Conflict):
    code = "phase_closed"


class IllegalTransition(Conflict):
    code = "illegal_transition"


class NotWithdrawable(IllegalTransition):
    code = "not_withdrawable"


class NotRetryable(IllegalTransition):
    code = "not_retryable"


class AttemptsUsedUp(LimitReached):
    code = "attempts_used_up"


class AnnotatedTheReference(NotAllowed):
    code = "annotated_the_reference"


class NoPredictions(Conflict):
    code = "no_predictions"
