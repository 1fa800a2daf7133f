"""What each endpoint asks for. An endpoint that declares nothing answers 404 to everybody (default-deny)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Need:
    """``public`` needs nothing, ``signed_in`` an identity, ``company`` a membership, else ``verb`` on ``resource``."""

    level: str = "right"
    verb: str = ""
    resource: str = ""


def public(function: F) -> F:
    """Anybody may call it."""
    function.__dict__["keguan_need"] = Need("public")
    return function


def signed_in(function: F) -> F:
    """Whoever is signed in may call it, member of a company or not."""
    function.__dict__["keguan_need"] = Need("signed_in")
    return function


def member(function: F) -> F:
    """Every employee of the company may call it."""
    function.__dict__["keguan_need"] = Need("company")
    return function


def needs(verb: str, resource: str = "") -> Callable[[F], F]:
    """Whoever has ``verb`` on ``resource`` (by default the view's own) may call it."""

    def mark(function: F) -> F:
        function.__dict__["keguan_need"] = Need("right", verb, resource)
        return function

    return mark


def need_of(view_function: Any) -> tuple[Need | None, Any]:
    """The need of a registered view function, and the view it belongs to (None for plain functions)."""
    view = getattr(view_function, "__self__", None)
    function = getattr(view_function, "__func__", view_function)
    need = getattr(function, "keguan_need", None)
    if need is None and view is not None:
        need = getattr(view, "needs_by_method", {}).get(function.__name__)
    if need is not None and need.level == "right" and not need.resource:
        need = Need("right", need.verb, getattr(view, "resource", ""))
    return need, view
