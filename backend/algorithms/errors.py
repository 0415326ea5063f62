"""Why a step of an algorithm, a run or a training is refused.

Conflict
├── NameTaken            the challenge has an algorithm of this name
├── NotReady             the version was not tried yet, or was refused
├── NoPublicCase         no phase shares images on which a model could be tried
├── DoesNotFit           the model's sequences or labels are not the dataset's
├── NothingToLearn       too few cases have a reference
└── IllegalTransition    the state does not allow the step
    ├── NotCancellable
    └── NotRetryable
Invalid
└── BadPackage           the uploaded files are no model; the code is a `workers.contract.Reason`
"""

from backend.common.errors import Conflict, Invalid


class NameTaken(Conflict):
    code = "name_taken"


class NotReady(Conflict):
    code = "not_ready"


class NoPublicCase(Conflict):
    code = "no_public_case"


class DoesNotFit(Conflict):
    code = "does_not_fit"


class NothingToLearn(Conflict):
    code = "nothing_to_learn"


class IllegalTransition(Conflict):
    code = "illegal_transition"


class NotCancellable(IllegalTransition):
    code = "not_cancellable"


class NotRetryable(IllegalTransition):
    code = "not_retryable"


class BadPackage(Invalid):
    code = "bad_package"
