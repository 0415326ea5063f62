"""What compiled kernels need of single 64-bit words, and how this package compiles them.

Kernels compile on their first call, never on import, and are kept in `NUMBA_CACHE_DIR`. A kernel is compiled
again when its own file changes, not when a function of another file does that it calls: kernels that call
each other live in one file, and what is here stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

WORD_BITS = 64
ONE = np.uint64(1)
EMPTY = np.uint64(0)

_Function = TypeVar("_Function", bound=Callable[..., Any])
_OfWord = Callable[[Any], int]
_DEFINED_FOR_ZERO = ir.Constant(ir.IntType(1), 0)


def kernel(function: _Function) -> _Function:
    """Compile for one thread, without the interpreter's lock: callers are parallel over cases."""
    return cast(_Function, njit(cache=True, nogil=True, error_model="numpy")(function))


def _popcount(typing_context: Any, word: Any) -> Any:
    return types.int64(types.uint64), lambda context, builder, signature, args: builder.ctpop(args[0])


def _trailing_zeros(typing_context: Any, word: Any) -> Any:
    return types.int64(types.uint64), lambda context, builder, signature, args: builder.cttz(
        args[0], _DEFINED_FOR_ZERO
    )


def _leading_zeros(typing_context: Any, word: Any) -> Any:
    return types.int64(types.uint64), lambda context, builder, signature, args: builder.ctlz(
        args[0], _DEFINED_FOR_ZERO
    )


# Each is one instruction of the processor, on a uint64.
popcount = cast(_OfWord, intrinsic(_popcount))
"""Number of set bits."""
trailing_zeros = cast(_OfWord, intrinsic(_trailing_zeros))
"""Index of the lowest set bit; 64 if there is none."""
leading_zeros = cast(_OfWord, intrinsic(_leading_zeros))
"""How far the highest set bit is from bit 63; 64 if there is none."""
