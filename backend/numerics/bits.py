"""What compiled kernels need of single 64-bit words, and how this package compiles them.

Kernels compile on their first call, never on import, and are kept in `NUMBA_CACHE_DIR`. A kernel is compiled again
when its own file changes, not when a function of another file does that it calls: kernels that call each other
live in one file, and what is here stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

WORD_BITS = 64
ONE = np.uint64(1)
EMPTY = np.uint64(0)

_Function = TypeVar("_Function", bound=Callable[..., Any])


def kernel(function: _Function) -> _Function:
    """Compile for one thread, without the interpreter's lock: callers are parallel over cases."""
    compiled: _Function = njit(cache=True, nogil=True, error_model="numpy")(function)
    return compiled


@intrinsic
def popcount(typing_context: Any, word: Any) -> Any:
    """Number of set bits of a uint64."""
    return types.int64(types.uint64), lambda context, builder, signature, args: builder.ctpop(args[0])


@intrinsic
def trailing_zeros(typing_context: Any, word: Any) -> Any:
    """Index of the lowest set bit of a uint64; 64 if there is none."""
    never_poison = ir.Constant(ir.IntType(1), 0)
    return types.int64(types.uint64), lambda context, builder, signature, args: builder.cttz(
        args[0], never_poison
    )


@intrinsic
def leading_zeros(typing_context: Any, word: Any) -> Any:
    """How far the highest set bit of a uint64 is from bit 63; 64 if there is none."""
    never_poison = ir.Constant(ir.IntType(1), 0)
    return types.int64(types.uint64), lambda context, builder, signature, args: builder.ctlz(
        args[0], never_poison
    )
