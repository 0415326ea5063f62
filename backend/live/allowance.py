"""How fast a socket may speak."""

import time


class Allowance:
    """At most `per_s` a second in the long run, and `at_once` after a pause."""

    def __init__(self, *, per_s: float, at_once: int) -> None:
        self._per_s = per_s
        self._most = float(at_once)
        self._left = float(at_once)
        self._at_s = time.monotonic()

    def take(self) -> bool:
        """Whether one more is allowed now; it is counted if so."""
        now = time.monotonic()
        self._left = min(self._most, self._left + (now - self._at_s) * self._per_s)
        self._at_s = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
