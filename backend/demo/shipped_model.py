"""The demo's model: shipped with the code, run by a model worker on the phase, a baseline on the board."""

import json
import time
from pathlib import Path

from backend.accounts.models import User
from backend.algorithms import cards, services
from backend.algorithms.models import Algorithm, AlgorithmVersion, Run, WorkStatus
from backend.algorithms.package import read_config
from backend.algorithms.selectors import workers_here
from backend.algorithms.transitions import ENDED
from backend.challenges.models import Challenge
from backend.demo import texts
from backend.demo.waiting import LOOK_S, WAIT_S, Say
from backend.phases.models import Phase
from backend.submissions import running
from backend.submissions.models import Submission
from workers.contract import ModelKind

FOLDER = Path(__file__).parent / "model"
# A worker that starts with the platform imports torch first.
WORKER_COMES_S = 15


def ask_for_run(*, organizer: User, challenge: Challenge, phase: Phase) -> Run:
    """The shipped model's run over every case of the phase; asked for once."""
    run = Run.objects.filter(phase=phase, version__algorithm__name=texts.MODEL).first()
    if run is not None:
        return run
    wanted = running.Wanted(
        version_id=_version(organizer, challenge).pk,
        purpose=Run.Purpose.BASELINE,
        method_name=texts.MODEL,
        method_description=texts.MODEL_DESCRIPTION,
    )
    return running.submit_run(user=organizer, phase_id=phase.pk, wanted=wanted)


def await_run(run: Run, *, say: Say) -> Submission | None:
    """Its submission, once the run is done. None where it was not waited for; `say` has been told why."""
    began = time.monotonic()
    while run.status not in ENDED:
        waited = time.monotonic() - began
        if run.status == WorkStatus.QUEUED and waited > WORKER_COMES_S and not workers_here().exists():
            say("no model worker is connected: the model's run waits, and is scored once there is one")
            return None
        if waited > WAIT_S:
            say(f"the model's run is still {run.status} after {waited:.0f} s: the board gets it later")
            return None
        time.sleep(LOOK_S)
        run.refresh_from_db()
    if run.status != WorkStatus.DONE:
        say(f"the model's run is {run.status}: {run.reason}")
        return None
    say(f"{texts.MODEL} has predicted {run.total} cases on {run.worker}")
    return run.submission


def _version(organizer: User, challenge: Challenge) -> AlgorithmVersion:
    algorithm = Algorithm.objects.filter(challenge=challenge, name=texts.MODEL).first()
    if algorithm is None:
        wanted = services.NewAlgorithm(texts.MODEL, texts.MODEL_DESCRIPTION, texts.MODEL_LICENCE)
        algorithm = services.create_algorithm(user=organizer, challenge=challenge, wanted=wanted)
    found = algorithm.versions.filter(status=AlgorithmVersion.Status.READY).first()
    if found is not None:
        return found
    config = json.loads((FOLDER / "config.json").read_text())
    return services.add_trusted_version(
        algorithm=algorithm,
        config=read_config(config, kind=ModelKind.NETWORK),
        weights=FOLDER / "model.safetensors",
        card=_card(),
    )


def _card() -> cards.Card:
    told = json.loads((FOLDER / "card.json").read_text())
    return cards.Card(
        intended_use="Showing how the platform runs models. Not for clinical use.",
        notes=cards.PHANTOM_NOTE,
        code_version=cards.CODE_VERSION,
        **told,
    )
