"""References are packed once per worker process, in bounded memory."""

import numpy as np
import pytest

from backend.evaluations import references
from backend.evaluations.references import Key, ReferenceCache
from backend.numerics.labels import SCHEMES
from backend.numerics.metrics import PackedReference, pack_reference
from tests.factories.phases import PhaseFactory
from tests.factories.submissions import set_reference, submit
from tests.jobs import run_due_jobs
from tests.phantoms import tumour

SCHEME = SCHEMES["brats2017"]
SPACING = (1.0, 1.0, 1.0)


class Packer:
    """Packs for real, and counts how often."""

    def __init__(self, labels: np.ndarray) -> None:
        self.labels, self.times = labels, 0

    def __call__(self) -> PackedReference:
        self.times += 1
        return pack_reference(self.labels, SCHEME, SPACING)


def key(digest: str) -> Key:
    return Key(digest, SCHEME, SPACING)


def test_reference_is_packed_once_while_it_is_kept() -> None:
    cache, packer = ReferenceCache(2**20), Packer(tumour())
    first = cache.get(key("a"), packer)
    assert cache.get(key("a"), packer) is first
    assert packer.times == 1


def test_scheme_and_spacing_are_part_of_what_is_kept() -> None:
    cache, packer = ReferenceCache(2**20), Packer(tumour())
    for asked in (key("a"), Key("a", SCHEMES["brats2023"], SPACING), Key("a", SCHEME, (1.0, 1.0, 2.0))):
        cache.get(asked, packer)
    assert packer.times == 3


def test_longest_unused_is_dropped_at_the_bound() -> None:
    packer = Packer(tumour())
    each = packer().bytes
    assert each > 0
    cache = ReferenceCache(2 * each)
    for digest in ("a", "b", "a", "c"):  # b was used longest ago
        cache.get(key(digest), packer)
    assert (len(cache), cache.bytes) == (2, 2 * each)
    packed = packer.times
    cache.get(key("a"), packer)
    cache.get(key("c"), packer)
    assert packer.times == packed
    cache.get(key("b"), packer)
    assert packer.times == packed + 1


def test_one_that_alone_is_above_the_bound_is_still_answered() -> None:
    cache = ReferenceCache(1)
    assert cache.get(key("a"), Packer(tumour())).bytes > 1
    cache.get(key("b"), Packer(tumour()))
    assert len(cache) == 1


@pytest.mark.django_db
def test_submissions_of_a_phase_share_the_packed_references(monkeypatch: pytest.MonkeyPatch) -> None:

    cache = ReferenceCache(2**26)
    monkeypatch.setattr(references, "_cache", cache)
    truths = {"A": tumour(), "B": tumour((14, 16, 16))}
    phase = PhaseFactory(truths=truths)
    set_reference(phase, truths)
    for shift in range(3):
        submit(phase, {name: np.roll(truth, shift, axis=0) for name, truth in truths.items()})
    run_due_jobs()
    assert len(cache) == 2
