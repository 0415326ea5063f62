"""Models over HTTP, for tests: made, uploaded, tried on a public case, run on a phase."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from backend.demo.shipped_model import FOLDER as DEMO_MODEL
from tests.e2e.person import Person
from tests.shared_data import zip_of

ENDED = {"done", "failed", "cancelled"}
PATIENCE_S = 180.0


def demo_package() -> bytes:
    """The model that is shipped with the demo, as somebody would upload it."""
    return zip_of((name, DEMO_MODEL / name) for name in ("config.json", "model.safetensors"))


def package_of(config: bytes, weights: bytes | Path) -> bytes:
    return zip_of([("config.json", config), ("model.safetensors", weights)])


def create_model(person: Person, challenge: str, name: str) -> Any:
    return person.send("POST", f"/challenges/{challenge}/algorithms/", {"name": name})


def upload_version(person: Person, algorithm_id: str, package: bytes, **card: str) -> Any:
    """The version as it stands after its check."""
    upload = person.upload(package, filename="model.zip", purpose="model")
    made = person.send("POST", f"/algorithms/{algorithm_id}/versions/", {"upload": upload} | card)
    return person.wait(
        lambda: person.get(f"/algorithm-versions/{made['id']}/"),
        lambda found: found["status"] != "checking",
    )


def try_version(person: Person, version_id: str) -> Any:
    """Its trial, ended; the version is ready where it went well."""
    return ended(person, person.send("POST", f"/algorithm-versions/{version_id}/trials/", {}))


def ready_model(person: Person, challenge: str, name: str, package: bytes) -> Any:
    """A new model's first version, checked and tried."""
    version = upload_version(person, create_model(person, challenge, name)["id"], package)
    assert version["status"] == "trial", version
    trial = try_version(person, version["id"])
    assert trial["status"] == "done", trial
    return person.get(f"/algorithm-versions/{version['id']}/")


def run_on_phase(person: Person, phase_id: str, version_id: str, **wanted: object) -> Any:
    """The run, ended."""
    return ended(person, person.send("POST", f"/phases/{phase_id}/runs/", {"version": version_id} | wanted))


def train_briefly(
    person: Person, challenge: str, dataset_version: str, *, name: str, extent: int = 16, steps: int = 20
) -> Any:
    """A new model whose first version, a tiny U-Net, was trained here, and does without any sequence."""
    model = create_model(person, challenge, name)
    body = {
        "dataset_version": dataset_version,
        "architecture": "unet3d",
        "budget_s": 120,
        "settings": {"widths": [4, 8], "blocks": [1, 1]},
        "recipe": {"steps": steps, "extent": [extent] * 3},
        "options": {"missing": "zero"},
    }
    training = person.send("POST", f"/algorithms/{model['id']}/trainings/", body)
    found = person.wait(
        lambda: person.get(f"/trainings/{training['id']}/"),
        lambda found: found["status"] in ENDED,
        timeout_s=PATIENCE_S,
    )
    assert found["status"] == "done", found
    return person.get(f"/algorithms/{model['id']}/")


def ended(person: Person, run: Mapping[str, Any]) -> Any:
    return person.wait(
        lambda: person.get(f"/runs/{run['id']}/"),
        lambda found: found["status"] in ENDED,
        timeout_s=PATIENCE_S,
    )
