"""A websocket on which nothing happens stays open.

redis-py's default timeout once closed every idle one after six seconds (channels_redis issue 422).
"""

import contextlib

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.stack import Stack

IDLE_S = 12


def test_idle_socket_stays_open(stack: Stack) -> None:
    address = stack.address.replace("http", "ws", 1) + "/ws/live/"
    with connect(address, origin=stack.address) as socket:  # type: ignore[arg-type]
        with contextlib.suppress(TimeoutError):
            while True:
                socket.recv(timeout=IDLE_S)
        assert socket.ping().wait(timeout=5)


def test_socket_of_another_site_is_refused(stack: Stack) -> None:
    address = stack.address.replace("http", "ws", 1) + "/ws/live/"
    with pytest.raises(InvalidStatus) as refused:
        connect(address, origin="https://elsewhere.example")  # type: ignore[arg-type]
    assert refused.value.response.status_code == 403
