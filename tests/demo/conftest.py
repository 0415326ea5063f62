import pytest

from backend.demo.phantom import DEMO_SEED, PhantomCase, make_case


@pytest.fixture(scope="session")
def tiny_cases() -> list[PhantomCase]:
    """One phantom of every position in the cycle of kinds, on the analytic anatomy."""
    return [make_case(index, seed=DEMO_SEED, tiny=True) for index in range(12)]


@pytest.fixture(scope="session")
def mni_case() -> PhantomCase:
    """The demo's first case as the demo shows it, from the MNI template."""
    return make_case(0, seed=DEMO_SEED)
