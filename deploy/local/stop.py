"""`make stop`: end the platform that `make up` runs in another terminal."""

import contextlib
import fcntl
import os
import re
import signal
import sys
import time

from deploy.local.paths import State

PATIENCE_S = 60


def main() -> int:
    state = State.default()
    if not is_running(state):
        print("nothing is running here")
        return 0
    found = re.match(r"process (\d+)", state.lock.read_text())
    if found is None:
        print("the platform is just starting: try again in a second")
        return 1
    with contextlib.suppress(ProcessLookupError):
        os.kill(int(found[1]), signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_S
    while is_running(state):
        if time.monotonic() > deadline:
            print(f"process {found[1]} has not ended within {PATIENCE_S} s; its logs are in {state.log}")
            return 1
        time.sleep(0.2)
    print("ended")
    return 0


def is_running(state: State) -> bool:
    """Whether a `make up` holds the lock of these data."""
    if not state.lock.exists():
        return False
    with state.lock.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


if __name__ == "__main__":
    sys.exit(main())
