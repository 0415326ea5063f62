"""The words of the permission matrix: a row says what each role is answered by one operation."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from rest_framework.test import APIClient
from rest_framework.views import APIView

ROLES = (
    "anonymous",
    "outsider",
    "participant",
    "other_participant",
    "rater",
    "other_rater",
    "organizer",
    "other_organizer",
)
World = SimpleNamespace
Operation = tuple[str, str]


@dataclass(frozen=True)
class Row:
    """One operation and its answers.

    `url` is filled from the world: "/api/v1/challenges/{challenge.slug}/". `body` makes the data: JSON, or
    fields where `format` is "multipart", or bytes where there is a `content_type`.
    """

    method: str
    url: str
    expect: Mapping[str, int]
    body: Callable[[World], Any] | None = None
    format: str = "json"
    content_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def address(self, world: World) -> str:
        return self.url.format(**vars(world))

    def operation(self, world: World) -> Operation:
        return self.method, resolve(self.address(world).partition("?")[0]).route

    def send(self, client: APIClient, world: World) -> HttpResponse:
        arguments: dict[str, Any] = {}
        if self.method not in {"GET", "HEAD"}:
            kind = {"content_type": self.content_type} if self.content_type else {"format": self.format}
            arguments = kind | {"data": self.body(world) if self.body else None}
        call = getattr(client, self.method.lower())
        return call(self.address(world), headers=dict(self.headers), **arguments)

    def __str__(self) -> str:
        return f"{self.method} {self.url}"


def answers(default: int, /, **by_role: int) -> dict[str, int]:
    """The same status for every role except those named.

    >>> answers(404, organizer=200)["rater"], answers(404, organizer=200)["organizer"]
    (404, 200)
    """
    unknown = set(by_role) - set(ROLES)
    assert not unknown, f"unknown roles: {unknown}"
    return dict.fromkeys(ROLES, default) | by_role


def registered_operations(prefix: str = "api/v1/") -> Iterator[tuple[Operation, type[APIView]]]:
    """Every (method, route) of the URLconf below `prefix`, with the view's class."""
    for route, pattern in _patterns(get_resolver()):
        if route.startswith(prefix):
            view = _view_class(pattern)
            for method in _methods(pattern, view):
                yield (method, route), view


def _patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        part = str(entry.pattern)
        route = before + part.removeprefix("^") if before else part  # joined as ResolverMatch.route is
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, route)
        else:
            yield route, entry


def _view_class(pattern: URLPattern) -> type[APIView]:
    view = getattr(pattern.callback, "cls", None) or getattr(pattern.callback, "view_class", None)
    assert isinstance(view, type), f"{pattern} is not a view of the API"
    assert issubclass(view, APIView), f"{view} is not a view of the API"
    return view


def _methods(pattern: URLPattern, view: type[APIView]) -> list[str]:
    """The methods a person can call; HEAD only where it is not the GET without its body, OPTIONS never."""
    actions = getattr(pattern.callback, "actions", None)
    names = set(actions) if actions else {name for name in view.http_method_names if hasattr(view, name)}
    if "get" in names:
        names.discard("head")
    return sorted(name.upper() for name in names & set(view.http_method_names) - {"options"})
