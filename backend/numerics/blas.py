"""One thread for small matrix products: sharing them out costs three times what they take."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Run the block's matrix products in one thread. The limit is the process's while the block runs."""
    with _controller().limit(limits=1, user_api="blas"):
        yield


@cache
def _controller() -> ThreadpoolController:
    # Looking for the loaded libraries takes milliseconds, and they do not change.
    return ThreadpoolController()
