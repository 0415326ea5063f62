"""Algorithms and versions: made, uploaded, checked, tried."""

from types import SimpleNamespace

import pytest

from backend.algorithms import runs, selectors, services
from backend.algorithms.errors import NameTaken, NoPublicCase, NotReady
from backend.algorithms.models import Algorithm, AlgorithmVersion, Run, WorkStatus
from backend.common.errors import NotAllowed, NotFound
from backend.uploads.errors import WrongPurpose
from tests.factories.algorithms import WorkerClient, config_json, make_algorithm, package_of, upload_model
from tests.factories.uploads import whole_upload
from tests.jobs import run_due_jobs
from tests.phantoms import tumour
from workers.contract import Reason

Status = AlgorithmVersion.Status


def uploaded(world: SimpleNamespace, data: bytes | None = None) -> AlgorithmVersion:
    algorithm = make_algorithm(world.challenge, world.participant)
    version = services.upload_version(
        user=world.participant,
        algorithm_id=algorithm.pk,
        upload_id=upload_model(world.participant, data).pk,
    )
    run_due_jobs()
    version.refresh_from_db()
    return version


def test_whose_it_is_follows_from_the_role(world: SimpleNamespace) -> None:
    assert make_algorithm(world.challenge, world.organizer).kind == Algorithm.Kind.PLATFORM
    assert make_algorithm(world.challenge, world.participant).kind == Algorithm.Kind.PARTICIPANT


def test_name_is_taken_once(world: SimpleNamespace) -> None:
    make_algorithm(world.challenge, world.organizer, "The Net")
    with pytest.raises(NameTaken):
        make_algorithm(world.challenge, world.participant, "the net")


def test_good_upload_waits_for_its_trial(world: SimpleNamespace) -> None:
    version = uploaded(world)
    assert (version.status, version.is_trusted, version.kind) == (Status.TRIAL, False, "network")
    assert version.config["architecture"] == "unet3d"
    assert version.upload is not None
    assert version.upload.released_at is not None


def test_bad_upload_is_refused_with_its_reason(world: SimpleNamespace) -> None:
    version = uploaded(world, package_of(config_json(architecture="mine")))
    assert (version.status, version.reason_code) == (Status.REFUSED, Reason.BAD_CONFIG)
    assert "mine" in version.reason
    with pytest.raises(NotReady):
        runs.start_trial(user=world.participant, version_id=version.pk)


def test_upload_for_something_else_is_no_model(world: SimpleNamespace) -> None:
    upload = whole_upload(owner=world.participant, data=b"x", filename="a.zip", purpose="submission")
    with pytest.raises(WrongPurpose):
        services.upload_version(
            user=world.participant, algorithm_id=world.own.algorithm_id, upload_id=upload.pk
        )


def test_nobody_uploads_to_another_s_model(world: SimpleNamespace) -> None:
    upload = upload_model(world.organizer)
    with pytest.raises(NotAllowed):
        services.upload_version(
            user=world.organizer, algorithm_id=world.own.algorithm_id, upload_id=upload.pk
        )


def test_participants_do_not_see_each_other_s_models(world: SimpleNamespace) -> None:
    seen = set(selectors.visible_algorithms(world.participant).values_list("pk", flat=True))
    assert seen == {world.model.algorithm_id, world.own.algorithm_id}
    world.participant.memberships.all().delete()
    assert not selectors.visible_algorithms(world.participant).exists()


class TestTrial:
    def test_success_makes_it_ready(self, world: SimpleNamespace) -> None:
        version = uploaded(world)
        run = runs.start_trial(user=world.participant, version_id=version.pk)
        assert (run.total, run.phase) == (1, world.phase)
        WorkerClient().predict(run, tumour())
        run_due_jobs()
        run.refresh_from_db()
        version.refresh_from_db()
        assert (run.status, version.status) == (WorkStatus.DONE, Status.READY)

    def test_failure_leaves_it_waiting_and_says_why(self, world: SimpleNamespace) -> None:
        version = uploaded(world)
        run = runs.start_trial(user=world.participant, version_id=version.pk)
        worker = WorkerClient()
        worker.claim_run()
        worker.fail_case(1, Reason.TIME_LIMIT, "no answer")
        worker.end()
        run_due_jobs()
        run.refresh_from_db()
        version.refresh_from_db()
        assert (run.status, run.reason_code) == (WorkStatus.FAILED, Reason.TIME_LIMIT)
        assert (version.status, version.reason_code) == (Status.TRIAL, Reason.TIME_LIMIT)

    @pytest.mark.parametrize(("label", "reason"), [(9, Reason.WRONG_LABELS)])
    def test_labels_of_no_scheme_fail_it(self, world: SimpleNamespace, label: int, reason: str) -> None:
        run = runs.start_trial(user=world.participant, version_id=world.own.pk)
        labels = tumour()
        labels[0, 0, 0] = label
        WorkerClient().predict(run, labels)
        run_due_jobs()
        run.refresh_from_db()
        assert (run.status, run.reason_code) == (WorkStatus.FAILED, reason)

    def test_hidden_cases_are_no_place_for_trials(self, world: SimpleNamespace) -> None:
        with pytest.raises(NoPublicCase):
            runs.start_trial(user=world.participant, version_id=world.own.pk, phase_id=world.hidden.pk)
        world.phase.images_shared = False
        world.phase.save()
        with pytest.raises(NoPublicCase):
            runs.start_trial(user=world.participant, version_id=world.own.pk)
        assert not Run.objects.exists()

    def test_another_participant_s_model_is_not_there(self, world: SimpleNamespace) -> None:
        stranger = make_algorithm(world.challenge, world.organizer).owner
        world.own.algorithm.owner.memberships.all().delete()
        with pytest.raises(NotFound):
            runs.start_trial(user=world.participant, version_id=world.model.pk)
        with pytest.raises(NotAllowed):
            runs.start_trial(user=stranger, version_id=world.own.pk)
