"""The same call from many threads in the same moment, each with a connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

Argument = TypeVar("Argument")
Result = TypeVar("Result")


def at_once(call: Callable[[Argument], Result], arguments: Sequence[Argument]) -> list[Result]:
    """What each call returned, in the order of the arguments. The first exception ends the test."""
    start = Barrier(len(arguments))

    def run(argument: Argument) -> Result:
        try:
            start.wait(timeout=20)
            return call(argument)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(arguments)) as threads:
        return list(threads.map(run, arguments, timeout=60))
