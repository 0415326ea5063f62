"""Stages beside each other: what overlaps, what waits, what stops, and that nothing is lost."""

import threading
import time
from itertools import count

import pytest

from workers.inference.pipeline import STAGES, WAITING, Lap, Timeline, overlap


class Left(Exception):
    pass


def nap(seconds: float) -> None:
    time.sleep(seconds)


def test_every_item_goes_through_each_stage_in_order() -> None:
    written: list[int] = []
    timeline = overlap(range(20), read=lambda x: x + 1, compute=lambda x: 2 * x, write=written.append)
    assert written == [2 * (x + 1) for x in range(20)]
    for stage in STAGES:
        laps = [lap for lap in timeline.laps if lap.stage == stage]
        assert [lap.case for lap in laps] == list(range(20))


def test_reading_and_writing_are_hidden_behind_computing() -> None:
    def slowly(x: int) -> int:
        nap(0.1)
        return x

    timeline = overlap(range(6), read=slowly, compute=slowly, write=slowly)
    assert timeline.seconds < 1.3  # one after another: 1.8
    assert timeline.hidden_share > 0.6  # all but the first reading and the last writing
    assert timeline.seconds_of("compute") == pytest.approx(0.6, abs=0.15)
    assert timeline.sentence().startswith("6 cases in ")


def test_no_items_is_no_error() -> None:
    nothing = overlap([], read=nap, compute=nap, write=nap)
    assert (nothing.laps, nothing.seconds, nothing.hidden_share) == ((), 0, 0)


def test_what_is_hidden_is_what_lies_beside_computing() -> None:
    laps = (Lap("read", 0, 0, 2), Lap("compute", 0, 2, 6), Lap("read", 1, 3, 5), Lap("write", 0, 5, 7))
    assert Timeline(laps).hidden_share == pytest.approx((2 + 1) / 6)
    assert Timeline(laps).seconds == 7


def test_reading_does_not_run_away() -> None:
    read, free, ahead = count(), threading.Event(), []

    def compute(x: int) -> int:
        if x == 0:
            nap(0.3)
            ahead.append(next(read))
            free.set()
        return x

    def take(x: int) -> int:
        next(read)
        return x

    overlap(range(50), read=take, compute=compute, write=lambda x: x)
    # The case in hand, those that wait, and the one that was read and finds no place.
    assert ahead[0] <= 1 + WAITING + 1


@pytest.mark.parametrize("stage", STAGES)
def test_the_first_failure_ends_all_and_is_raised(stage: str) -> None:
    done: list[int] = []

    def fails(x: int) -> int:
        if x == 3:
            raise ValueError(f"{stage} 3")
        return x

    def well(x: int) -> int:
        done.append(x)
        return x

    stages = {name: fails if name == stage else well for name in STAGES}
    with pytest.raises(ValueError, match=f"{stage} 3"):
        overlap(range(1000), read=stages["read"], compute=stages["compute"], write=stages["write"])
    assert len(done) < 40


def test_an_iterator_that_fails_is_raised() -> None:
    def items():  # type: ignore[no-untyped-def]
        yield 1
        raise OSError("no more files")

    with pytest.raises(OSError, match="no more files"):
        overlap(items(), read=lambda x: x, compute=lambda x: x, write=lambda x: x)


@pytest.mark.parametrize("stage", STAGES)
def test_it_is_left_within_a_second_whatever_a_stage_is_at(stage: str) -> None:
    leave, late = time.monotonic() + 0.2, threading.Event()

    def stuck(x: int) -> int:
        late.wait(20)
        return x

    def go_on() -> None:
        if time.monotonic() > leave:
            raise Left

    stages = {name: stuck if name == stage else (lambda x: x) for name in STAGES}
    began = time.monotonic()
    with pytest.raises(Left):
        overlap(range(9), read=stages["read"], compute=stages["compute"], write=stages["write"], go_on=go_on)
    assert time.monotonic() - began < 1.2
    late.set()
