"""Read settings from environment variables; docs/guides/operator.md lists them all."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("CONSILIUM_VAR", ROOT / "var"))


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def required(name: str) -> str:
    """
    Raises:
        ImproperlyConfigured: it is not set, or empty.
    """
    value = os.environ.get(name)
    if not value:
        raise ImproperlyConfigured(f"set the environment variable {name} (docs/guides/operator.md)")
    return value


def flag(name: str, *, default: bool = False) -> bool:
    value = os.environ.get(name)
    return default if value is None else value.strip().lower() in {"1", "true", "yes", "on"}


def number(name: str, default: float) -> float:
    value = os.environ.get(name)
    try:
        return default if value is None else float(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r} is not a number") from None


def names(name: str, default: str = "") -> list[str]:
    """Comma-separated."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def folder(name: str, default: Path) -> Path:
    return Path(os.environ.get(name, default))


def kept_secret(path: Path) -> str:
    """The secret in `path`, made the first time, readable by its owner only."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(secrets.token_urlsafe(50))
    try:
        os.link(unfinished, path)  # fails if another process was first: then its secret is ours too
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()
    return path.read_text().strip()


# Off where something in front counts requests, and in tests, whose people are all at one address.
RATE_LIMITS = flag("RATE_LIMITS", default=True)
