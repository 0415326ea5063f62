"""One case, given to one rater."""

import pytest

from backend.annotations.models import Annotation
from backend.datasets.models import Dataset
from tests.factories.annotations import assign, make_raters
from tests.factories.datasets import import_cases, make_dataset


@pytest.fixture
def dataset() -> Dataset:
    dataset = make_dataset()
    import_cases(dataset, "A")
    return dataset


@pytest.fixture
def annotation(dataset: Dataset) -> Annotation:
    return assign(dataset, *make_raters(dataset, 1))[0]
