"""Which reason an exception of a model's amounts to."""

from __future__ import annotations

import errno

from workers.contract import ContractError, Reason

_BY_ERRNO = {
    errno.ENOSPC: Reason.DISK_LIMIT,
    errno.EFBIG: Reason.DISK_LIMIT,
    errno.EDQUOT: Reason.DISK_LIMIT,
    errno.EAGAIN: Reason.PROCESS_LIMIT,
    errno.ENOMEM: Reason.MEMORY_LIMIT,
}
_OUT_OF_MEMORY = ("allocate", "bad_alloc", "bad allocation", "out of memory", "std::length_error")
_MAX_SENTENCE = 500


class ModelError(Exception):
    """A model did not do what was asked; `reason` says why in a word, the text in a sentence."""

    def __init__(self, reason: Reason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


def reason_of(error: BaseException) -> Reason:
    """The code for what was raised: its own where it has one."""
    own = getattr(error, "reason", None)
    if isinstance(own, Reason):
        return own
    if isinstance(error, ContractError):
        return Reason.BAD_CONFIG
    if isinstance(error, MemoryError):
        return Reason.MEMORY_LIMIT
    if isinstance(error, OSError) and error.errno in _BY_ERRNO:
        return _BY_ERRNO[error.errno]
    text = str(error).lower()
    if "can't start new thread" in text:
        return Reason.PROCESS_LIMIT
    if any(mark in text for mark in _OUT_OF_MEMORY):
        return Reason.MEMORY_LIMIT
    return Reason.MODEL_FAILED


def sentence_of(error: BaseException) -> str:
    """What was raised, in one printable line of bounded length."""
    own = isinstance(getattr(error, "reason", None), Reason) or isinstance(error, ContractError)
    return printable(str(error) if own else f"{type(error).__name__}: {error}")


def printable(text: str, *, longest: int = _MAX_SENTENCE) -> str:
    """One line without control characters (a terminal, or a log, would obey them)."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * longest]).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
