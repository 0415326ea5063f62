"""What may go wrong with adjudications.

Invalid
├── BadExpert           somebody may not be invited
└── BadWhatIf           weights or raters that the case or the method does not have
Conflict
├── NothingToAdjudicate the case has no consensus of two raters, or one that edits cannot write
├── AlreadyOpen         the case has an open adjudication
└── AdjudicationClosed  it was signed or withdrawn
Outdated
└── AdjudicationMoved   somebody painted since
"""

from backend.common.errors import Conflict, Invalid, Outdated


class BadExpert(Invalid):
    code = "bad_expert"


class BadWhatIf(Invalid):
    code = "bad_what_if"


class NothingToAdjudicate(Conflict):
    code = "nothing_to_adjudicate"


class AlreadyOpen(Conflict):
    code = "already_open"


class AdjudicationClosed(Conflict):
    code = "adjudication_closed"


class AdjudicationMoved(Outdated):
    code = "adjudication_moved"
