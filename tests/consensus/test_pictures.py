"""Pictures of a dataset: the agreement of its raters, for organizers."""

from xml.etree import ElementTree as ET

import numpy as np
import pytest
from django.http import HttpResponse
from rest_framework.test import APIClient

from backend.consensus import pictures
from backend.datasets.models import Case, Dataset
from backend.numerics.geometry import Grid
from backend.numerics.labels import SCHEMES
from backend.numerics.metrics import dice_by_region
from tests.factories.annotations import annotate_case, make_raters
from tests.factories.datasets import import_cases, make_dataset, organizer_of
from tests.jobs import run_due_jobs
from tests.phantoms import tumour

pytestmark = pytest.mark.django_db
MOVED = np.roll(tumour(), 2, axis=0)


@pytest.fixture
def dataset() -> Dataset:
    return make_dataset(raters_required=3)


@pytest.fixture
def case(dataset: Dataset) -> Case:
    """Fused of three raters, the last of whom departs from the others."""
    case = import_cases(dataset, "A").cases.get()
    annotate_case(case, dict(zip(make_raters(dataset, 3), (tumour(), tumour(), MOVED), strict=True)))
    run_due_jobs()
    return case


def picture(dataset: Dataset, kind: str, query: str = "") -> HttpResponse:
    client = APIClient()
    client.force_login(organizer_of(dataset))
    return client.get(f"/api/v1/datasets/{dataset.pk}/pictures/{kind}.svg{query}")


def texts(response: HttpResponse) -> list[str]:
    assert response.status_code == 200, response.content
    root = ET.fromstring(response.content.decode())
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]


def test_agreement_is_the_dice_of_each_pair(dataset: Dataset, case: Case) -> None:
    chart = pictures.agreement_chart(dataset=dataset, region="core")
    (panel,) = chart.panels
    apart = dice_by_region(tumour(), MOVED, SCHEMES["brats2017"])["core"]
    assert panel.values[0] == (1.0, 1.0, pytest.approx(apart))
    assert panel.values[2][0] == panel.values[0][2]
    found = texts(picture(dataset, "agreement"))
    assert {"Complete tumour", "Tumour core", "Enhancing tumour", f"{apart:.2f}".lstrip("0")} <= set(found)


def test_volumes_are_each_raters_beside_the_consensus(dataset: Dataset, case: Case) -> None:
    (panel,) = pictures.volumes_chart(dataset=dataset, region="complete").panels
    voxel_ml = Grid.from_json(case.grid).voxel_volume_ml
    drawn_ml = np.count_nonzero(tumour()) * voxel_ml
    assert len({pair.series for pair in panel.pairs}) == 3
    assert panel.pairs[0].found_ml == pytest.approx(drawn_ml)
    assert panel.pairs[0].expected_ml == pytest.approx(drawn_ml)
    assert "Bland–Altman: rater − consensus against the mean of both" in texts(picture(dataset, "volumes"))


def test_region_must_be_of_the_scheme(dataset: Dataset, case: Case) -> None:
    for kind in ("agreement", "volumes"):
        refused = picture(dataset, kind, "?region=nowhere")
        assert refused.status_code == 422
        assert "complete, core, enhancing" in refused.json()["detail"]
        assert "Tumour core" not in texts(picture(dataset, kind, "?region=complete"))


def test_dataset_without_raters_says_so(dataset: Dataset) -> None:
    assert "No two raters have marked the same case yet." in texts(picture(dataset, "agreement"))
    assert "There are no volumes to compare yet." in texts(picture(dataset, "volumes"))
