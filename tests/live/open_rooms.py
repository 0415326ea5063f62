"""Adjudications as the socket knows them: who may enter, and nothing to draw on."""

import numpy as np

from backend.accounts.models import User
from backend.adjudication.models import Adjudication
from backend.challenges.models import Challenge
from tests.factories.phases import make_consensus, make_version


def open_room(challenge: Challenge, *experts: User) -> Adjudication:
    labels = np.zeros((4, 4, 4), np.uint8)
    (case,) = make_version(challenge, {"Contested-001": labels}).cases.all()
    adjudication = Adjudication.objects.create(
        case=case,
        base=make_consensus(case, labels),
        raters=[],
        regions=[],
        opened_by=challenge.created_by,
    )
    adjudication.experts.set(experts)
    return adjudication
