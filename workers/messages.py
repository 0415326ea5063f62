"""Frozen dataclasses into JSON values and back; errors name the field. Standard library only."""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, asdict, fields, is_dataclass
from enum import StrEnum
from typing import Any, TypeVar

from workers.reason import Reason

_DEEPEST = 16  # objects within objects, where anything may stand

T = TypeVar("T")


class ContractError(ValueError):
    """A message is not what it should be; the sentence names the field."""


class NotFinite(ContractError):
    """A number of a message is NaN or infinite, which JSON has not; the sentence names the field."""

    reason = Reason.NOT_FINITE


def to_json(message: Any) -> dict[str, Any]:
    """The message as JSON values; tuples become lists.

    Raises:
        NotFinite: it holds NaN or infinity.
    """
    return typing.cast(dict[str, Any], _plain(asdict(message), where=type(message).__name__))


def _plain(value: Any, *, where: str) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item, where=f"{where}.{key}") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, where=f"{where}[{k}]") for k, item in enumerate(value)]
    if isinstance(value, float) and not math.isfinite(value):
        raise NotFinite(f"{where}: is {value}")
    return str(value) if isinstance(value, StrEnum) else value


def read(message: type[T], data: Any, *, where: str = "") -> T:
    """Build `message` from JSON values.

    Raises:
        ContractError: a field is missing, unknown or of another type; the sentence names it.
    """
    if not isinstance(data, Mapping):
        raise ContractError(f"{where or message.__name__}: an object is needed, no {type(data).__name__}")
    hints = typing.get_type_hints(message)
    items = fields(message)  # type: ignore[arg-type]  # a dataclass, always
    known = {item.name for item in items}
    if unknown := sorted(set(data) - known):
        raise ContractError(f"{where or message.__name__}: unknown {', '.join(unknown)}")
    if lacking := [item.name for item in items if _is_required(item) and item.name not in data]:
        raise ContractError(f"{where or message.__name__}: needs {', '.join(lacking)} as well")
    prefix = f"{where}." if where else ""
    values = {name: _value(hints[name], data[name], where=prefix + name) for name in known & set(data)}
    try:
        return message(**values)
    except ContractError as error:
        raise ContractError(f"{prefix}{error}") from None


def _is_required(item: Field[Any]) -> bool:
    return item.init and item.default is MISSING and item.default_factory is MISSING


def _value(hint: Any, data: Any, *, where: str) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        if data is None and type(None) in arguments:
            return None
        return _value(next(one for one in arguments if one is not type(None)), data, where=where)
    if hint is Any:
        _require_plain(data, where=where, depth=0)
        return data
    if is_dataclass(hint):
        return read(typing.cast(type[Any], hint), data, where=where)
    if origin is tuple:
        if not isinstance(data, list | tuple):
            raise ContractError(f"{where}: a list is needed")
        if arguments[-1] is not Ellipsis and len(arguments) != len(data):
            raise ContractError(f"{where}: {len(arguments)} values are needed, these are {len(data)}")
        kinds = [arguments[0]] * len(data) if arguments[-1] is Ellipsis else arguments
        return tuple(
            _value(kind, item, where=f"{where}[{k}]")
            for k, (kind, item) in enumerate(zip(kinds, data, strict=True))
        )
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(data, Mapping):
            raise ContractError(f"{where}: an object is needed")
        return {str(key): _value(arguments[1], item, where=f"{where}.{key}") for key, item in data.items()}
    return _scalar(hint, data, where=where)


def _require_plain(data: Any, *, where: str, depth: int) -> None:
    """What may be anything is still what JSON can say, and not without end."""
    if depth > _DEEPEST:
        raise ContractError(f"{where[:60]}: is nested more than {_DEEPEST} deep")
    if isinstance(data, float) and not math.isfinite(data):
        raise ContractError(f"{where}: {data!r} is no number: give a finite one")
    if isinstance(data, Mapping):
        for key, item in data.items():
            _require_plain(item, where=f"{where}.{key}", depth=depth + 1)
    elif isinstance(data, list | tuple):
        for k, item in enumerate(data):
            _require_plain(item, where=f"{where}[{k}]", depth=depth + 1)


def _scalar(hint: type, data: Any, *, where: str) -> Any:
    if issubclass(hint, StrEnum):
        try:
            return hint(data)
        except ValueError:
            raise ContractError(f"{where}: {data!r} is none of {', '.join(hint)}") from None
    accepted = (int, float) if hint is float else hint
    if not isinstance(data, accepted) or (isinstance(data, bool) and hint is not bool):
        raise ContractError(f"{where}: {data!r} is no {hint.__name__}")
    if hint is not float:
        return data
    try:
        number = float(typing.cast(float, data))
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ContractError(f"{where}: is no number: give a finite one")
    return number
