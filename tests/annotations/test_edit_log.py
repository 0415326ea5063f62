"""A property: whatever two browsers of one rater do, they end with what the server has, voxel by voxel."""

import numpy as np
import pytest
from django.core.cache import cache
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.annotations import edit_services, submitting
from backend.numerics.labels import UNSURE
from tests.annotations.drawing_client import Client, replayed, server_labelmap
from tests.factories.annotations import assign, make_raters
from tests.factories.datasets import import_cases, make_dataset
from tests.phantoms import SHAPE, tumour

LABELS = (0, 1, 2, 4, UNSURE, UNSURE | 1, UNSURE | 4)
spans = st.tuples(st.integers(0, SHAPE[0] - 1), st.integers(1, 12)).map(
    lambda span: slice(span[0], sum(span))
)
boxes = st.tuples(spans, spans, spans)
KINDS = {
    "paint": st.tuples(st.just("paint"), boxes, st.sampled_from(LABELS)),
    "step": st.tuples(
        st.sampled_from(["undo", "redo", "flush", "flush", "lose_answer", "catch_up", "forget_cache"])
    ),
    "restore": st.tuples(st.just("restore"), st.floats(0, 1)),
    "upload": st.tuples(st.just("upload"), st.integers(-6, 6)),
}
# Mostly strokes, or the log is all uploads and nothing is ever replayed.
actions = st.sampled_from(["paint"] * 5 + ["step"] * 6 + ["restore", "upload"]).flatmap(KINDS.__getitem__)


@pytest.mark.django_db(transaction=True)
def test_two_clients_and_the_server_end_voxel_identical(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edit_services, "SNAPSHOT_EVERY", 4)
    dataset = make_dataset()
    import_cases(dataset, "A")
    snapshots = []

    @settings(max_examples=8, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 1), actions), min_size=10, max_size=40))
    def check(steps) -> None:
        (annotation,) = assign(dataset, *make_raters(dataset, 1))
        clients = [Client(annotation), Client(annotation)]
        for who, (action, *arguments) in steps:
            act(clients[who], action, *arguments)
        for client in clients:
            client.flush()
        for client in clients:
            client.catch_up()
        annotation.refresh_from_db()
        log, agreeing = replayed(annotation)
        for labelmap in (server_labelmap(annotation), clients[0].labelmap, clients[1].labelmap):
            np.testing.assert_array_equal(labelmap, log)
        assert [client.seen for client in clients] == [annotation.head] * 2
        assert annotation.revisions.count() == annotation.head
        assert annotation.active_ms == 100 * annotation.revisions.filter(tool="brush").count()
        snapshots.append(agreeing)
        if annotation.head:
            submitting.submit_annotation(
                annotation_id=annotation.pk,
                user=annotation.assignment.rater,
                base=annotation.head,
                confirms_empty=True,
            )
            assert annotation.revisions.get(number=annotation.head).snapshot_digest
            replayed(annotation)

    check()
    assert max(snapshots) > 2, "the sequences were too short to meet snapshots"


def act(client: Client, action: str, *arguments) -> None:
    match action:
        case "lose_answer":
            client.flush(answer_is_lost=True)
        case "forget_cache":
            cache.clear()
        case "upload":
            client.upload(np.roll(tumour(), arguments[0], axis=0))
        case _:
            getattr(client, action)(*arguments)
