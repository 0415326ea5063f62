"""Whom PostgreSQL runs as: itself it refuses to run as root."""

import os
import pwd
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# An own account of PostgreSQL where the distribution made one, else the account that every system has.
UNPRIVILEGED = ("postgres", "_postgres", "nobody")


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int
    name: str

    @property
    def is_ours(self) -> bool:
        return self.uid == os.geteuid()

    def spawn_arguments(self) -> dict[str, Any]:
        """What `subprocess` needs to start a program under this account."""
        if self.is_ours:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_enter(self, folder: Path) -> bool:
        """Whether this account may traverse every folder on the way to `folder`, itself included."""
        return self.is_ours or all(self._may(part.stat(), stat.S_IXUSR) for part in (folder, *folder.parents))

    def _may(self, found: os.stat_result, bit: int) -> bool:
        if found.st_uid == self.uid:
            return bool(found.st_mode & bit)
        if found.st_gid == self.gid:
            return bool(found.st_mode & (bit >> 3))
        return bool(found.st_mode & (bit >> 6))


def database_account(*, existing: Path | None = None) -> Account:
    """Ourselves; when we are root, the owner of `existing` data, else an unprivileged account of the system.

    Raises:
        LookupError: we are root and there is no unprivileged account at all.
    """
    if os.geteuid() != 0:
        return _account(pwd.getpwuid, os.geteuid())
    if existing is not None and existing.exists() and existing.stat().st_uid != 0:
        return _account(pwd.getpwuid, existing.stat().st_uid)
    for name in filter(None, (os.environ.get("CONSILIUM_POSTGRES_ACCOUNT"), *UNPRIVILEGED)):
        try:
            return _account(pwd.getpwnam, name)
        except KeyError:
            continue
    raise LookupError(
        "PostgreSQL does not run as root and no unprivileged account was found: "
        "name one in CONSILIUM_POSTGRES_ACCOUNT"
    )


def _account(find: Callable[[Any], pwd.struct_passwd], key: int | str) -> Account:
    entry = find(key)
    return Account(uid=entry.pw_uid, gid=entry.pw_gid, name=entry.pw_name)
