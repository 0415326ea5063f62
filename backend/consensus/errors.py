"""What may go wrong with consensus.

Conflict
├── NotEnoughRaters     fewer have submitted than the dataset asks for
└── HeadSigned          experts have signed the head, and a fusion does not replace it
"""

from backend.common.errors import Conflict


class NotEnoughRaters(Conflict):
    code = "not_enough_raters"


class HeadSigned(Conflict):
    code = "head_signed"
