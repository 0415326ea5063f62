"""Jobs of the algorithms. `predict_task` and `train_task` are claimed by the model workers."""

from uuid import UUID

from backend.algorithms import finishing, runs, services, trainings
from backend.algorithms.models import Run, Training
from backend.common.jobs import cpu_task, io_task
from backend.common.remote_jobs import remote_task
from workers.contract import Queue


@io_task(limit_s=600, priority=3, give_up=services.give_up_checking)
def check_version_task(version_id: UUID) -> None:
    services.check_version(version_id=version_id)


@cpu_task(limit_s=1800, priority=3, give_up=runs.give_up_checking)
def check_run_task(run_id: UUID) -> None:
    finishing.check_run(run_id=run_id)


@remote_task(priority=1, give_up=runs.give_up_run, put_back=runs.put_back_run)
def predict_task(run_id: UUID) -> str:
    return Queue.GPU if Run.objects.only("needs_gpu").get(pk=run_id).needs_gpu else Queue.CPU


@remote_task(priority=0, give_up=trainings.give_up_training, put_back=trainings.put_back_training)
def train_task(training_id: UUID) -> str:
    return Queue.GPU if Training.objects.only("needs_gpu").get(pk=training_id).needs_gpu else Queue.CPU
