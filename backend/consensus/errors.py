"""What may go wrong with consensus.

Conflict
└── NotEnoughRaters     fewer have submitted than the dataset asks for
"""

from backend.common.errors import Conflict


class NotEnoughRaters(Conflict):
    code = "not_enough_raters"
