"""The demo's teams hand in what their methods predict; the board stands once all is scored and ranked."""

import io
from collections.abc import Iterable, Sequence

from django.conf import settings

from backend.accounts.models import User
from backend.algorithms.models import Run
from backend.demo import shipped_model
from backend.demo.material import Entry
from backend.demo.waiting import Say, wait, wait_for
from backend.phases.models import Phase
from backend.submissions import services as submissions
from backend.submissions.models import Submission
from backend.uploads import services as uploads
from backend.uploads.models import Upload


def hand_in(phase: Phase, teams: Sequence[User], entries: Iterable[Entry], *, say: Say) -> list[Submission]:
    """One entry of each team; what was handed in before stays."""
    handed_in = []
    for team, entry in zip(teams, entries, strict=True):
        submission = phase.submissions.filter(participant=team, method_name=entry.method).first()
        handed_in.append(_submit(phase, team, entry) if submission is None else submission)
        say(f"  {entry.method}  {len(handed_in)} of {len(teams)}")
    return handed_in


def await_board(phase: Phase, handed_in: Sequence[Submission], *, run: Run, raters: int, say: Say) -> None:
    """Until the submissions, the model's run and the raters stand on it.

    Raises:
        SeedingFailed: one of them was refused, or the workers stand still.
    """
    baseline = shipped_model.await_run(run, say=say)
    methods = [*handed_in, *([] if baseline is None else [baseline])]
    status = Submission.Status
    for submission in methods:
        wait_for(submission, {status.SCORED}, bad={status.REJECTED, status.FAILED})
    wait(lambda: _stands(phase, methods=len(methods), raters=raters), "the board")
    say("scored, ranked and analysed: the board stands")


def _stands(phase: Phase, *, methods: int, raters: int) -> bool:
    latest = phase.snapshots.order_by("-number").first()
    return (
        latest is not None
        and len(latest.board["rows"]) >= methods
        and len(latest.board["human_rows"]) == raters
        and latest.analysis is not None
    )


def _submit(phase: Phase, team: User, entry: Entry) -> Submission:
    upload = uploads.begin_upload(
        owner=team,
        filename=f"{entry.method.lower().replace(' ', '-')}.zip",
        purpose=Upload.Purpose.SUBMISSION,
        length_bytes=len(entry.archive),
    )
    rest = io.BytesIO(entry.archive)
    while not upload.is_whole:
        upload = uploads.append_to_upload(
            owner=team,
            upload_id=upload.pk,
            offset_bytes=upload.offset_bytes,
            length_bytes=min(settings.UPLOAD_CHUNK_MAX_BYTES, upload.length_bytes - upload.offset_bytes),
            read=rest.read,
        )
    return submissions.create_submission(
        participant=team,
        phase_id=phase.pk,
        upload_id=upload.pk,
        method_name=entry.method,
        method_description=entry.description,
    )
