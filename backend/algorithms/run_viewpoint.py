"""What one person sees of runs. Whoever sent the model must learn nothing of images that are hidden from
them: neither by names, nor by words, numbers or labelmaps that the model itself puts out."""

from functools import cached_property
from uuid import UUID

from backend.algorithms import runs, selectors
from backend.algorithms.models import Run, Worker
from backend.algorithms.reasons import sentence_of
from backend.challenges.permissions import Person


class RunViewpoint:
    """Asks each challenge once, however many runs there are."""

    def __init__(self, viewer: Person) -> None:
        self._viewer = viewer
        self._managed: dict[UUID, bool] = {}

    def manages(self, run: Run) -> bool:
        challenge = run.version.algorithm.challenge
        if challenge.pk not in self._managed:
            self._managed[challenge.pk] = selectors.manages(self._viewer, challenge)
        return self._managed[challenge.pk]

    def shows_cases(self, run: Run) -> bool:
        return self.manages(run) or selectors.cases_are_public(run)

    def shows_log(self, run: Run) -> bool:
        """Organizers see all of it; of a trial whoever asked for it its public lines."""
        return self.shows_cases(run)

    def reason(self, run: Run, code: str, reason: str) -> str:
        return reason or sentence_of(code) if self.shows_cases(run) else sentence_of(code)

    def waiting_reason(self, run: Run) -> str:
        return selectors.waiting_reason(run, self._workers)

    def may_retry(self, run: Run) -> bool:
        return runs.may_retry(run) and (self.manages(run) or run.purpose == Run.Purpose.TRIAL)

    @cached_property
    def _workers(self) -> list[Worker]:
        return list(selectors.workers_here())
