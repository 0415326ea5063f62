"""Models over HTTP, from a participant's upload to the comparison."""

from types import SimpleNamespace
from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.algorithms.models import Run
from tests.factories.algorithms import WorkerClient, config_json, upload_model
from tests.jobs import run_due_jobs
from tests.phantoms import tumour

API = "/api/v1"


def client_of(person: Any) -> APIClient:
    client = APIClient()
    client.force_login(person)
    return client


def test_participant_s_model_from_upload_to_score(world: SimpleNamespace) -> None:
    client, challenge = client_of(world.participant), f"{API}/challenges/{world.challenge.slug}"
    made = client.post(f"{challenge}/algorithms/", {"name": "My net", "licence": "MIT"}).json()
    assert (made["kind"], made["is_mine"], made["may_edit"], made["versions"]) == (
        "participant",
        True,
        True,
        [],
    )
    upload = upload_model(world.participant)
    body = {"upload": str(upload.pk), "intended_use": "Research", "trained_on": "Phantoms"}
    version = client.post(f"{API}/algorithms/{made['id']}/versions/", body).json()
    assert (version["status"], version["config"]) == ("checking", None)
    run_due_jobs()
    version = client.get(f"{API}/algorithm-versions/{version['id']}/").json()
    assert version["status"] == "trial"
    assert version["config"]["sequences"] == config_json()["sequences"]
    assert version["card"]["trained_on"] == "Phantoms"

    trial = client.post(f"{API}/algorithm-versions/{version['id']}/trials/", {}).json()
    assert trial["waiting_reason"].startswith("No model worker")
    WorkerClient().predict(Run.objects.get(pk=trial["id"]), tumour())
    run_due_jobs()
    trial = client.get(f"{API}/runs/{trial['id']}/").json()
    assert (trial["status"], trial["shows_cases"], trial["worker"]) == ("done", True, "")
    (case,) = client.get(f"{API}/runs/{trial['id']}/cases/").json()["results"]
    assert case["case"]["name"] == "A"
    assert client.get(case["labelmap_url"]).status_code == 200

    run = client.post(f"{API}/phases/{world.phase.pk}/runs/", {"version": version["id"]}).json()
    submission = client.get(f"{API}/submissions/{run['submission']}/").json()
    assert (submission["status"], submission["progress"]) == ("computing", {"done": 0, "total": 3})
    WorkerClient().predict(Run.objects.get(pk=run["id"]), tumour())
    run_due_jobs()
    submission = client.get(f"{API}/submissions/{run['submission']}/").json()
    assert (submission["status"], submission["run"]["id"]) == ("scored", run["id"])
    listed = client.get(f"{challenge}/runs/?purpose=trial").json()["results"]
    assert [one["id"] for one in listed] == [trial["id"]]
    comparison = client.get(f"{challenge}/model-comparison/").json()
    assert [row["run_id"] for row in comparison["rows"]] == [run["id"]]
    assert comparison["phases"][0]["regions"][0]["key"]


def test_training_over_http(world: SimpleNamespace) -> None:
    client = client_of(world.organizer)
    body = {
        "dataset_version": str(world.version.pk),
        "architecture": "hemis",
        "budget_s": 30,
        "options": {"missing": "any"},
        "recipe": {"batch": 2},
    }
    made = client.post(f"{API}/algorithms/{world.model.algorithm_id}/trainings/", body).json()
    assert (made["training_cases"], made["validation_cases"], made["version"]) == (2, 1, None)
    assert (made["config"]["architecture"], made["config"]["missing"]) == ("hemis", "any")
    assert client.get(f"{API}/trainings/{made['id']}/curve/?after=x").status_code == 422
    WorkerClient().claim_training()
    assert client.get(f"{API}/trainings/{made['id']}/").json()["status"] == "running"
    (worker,) = client.get(f"{API}/challenges/{world.challenge.slug}/model-workers/").json()
    assert (worker["is_here"], worker["devices"][0]["kind"]) == (True, "cpu")


@pytest.mark.parametrize("query", ["phase=x", "version=1", "algorithm="])
def test_filters_that_are_no_ids_are_refused(world: SimpleNamespace, query: str) -> None:
    path = f"{API}/challenges/{world.challenge.slug}/runs/?{query}"
    assert client_of(world.organizer).get(path).status_code == 422
