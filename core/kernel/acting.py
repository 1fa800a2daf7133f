"""Who is acting. One context variable; nothing set means nobody, and nobody sees a row (design 3.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from core.kernel.choices import Choice
from core.kernel.errors import Forbidden
from core.kernel.words import Message, msg


class Scope(Choice):
    """How far a right reaches over the records of a resource, narrow to wide (R-053, R-441)."""

    OWN = "own", msg("Own")
    OWN_SHARED = "own_shared", msg("Own and shared")
    DEPARTMENT = "department", msg("Own department")
    SUBTREE = "subtree", msg("Department and below")
    IN_CHARGE = "in_charge", msg("Departments in charge")
    COMPANY = "company", msg("Whole company")
    ALL = "all", msg("All companies")


class FieldAccess(Choice):
    """What a role may do with one field of the records that its other rights reach, wide to narrow (R-442)."""

    WRITE = "write", msg("Read and write")
    READ = "read", msg("Read")
    MASKED = "masked", msg("Masked")
    NONE = "none", msg("Hidden")


@dataclass(frozen=True)
class Actor:
    """One employee of one company, as he or she stands at the start of a request or job.

    ``grants`` maps (resource, verb) to the scopes that the roles give; ``subtree`` and ``in_charge`` are department ids. ``field_rights``
    maps (table, field) to what the roles state of it; what is not there follows from the field's declaration. ``settings_mark`` tells what
    is remembered of the company's settings. ``cases`` are tables of which single records are open to read because a case asks, or asked,
    for a decision about them.
    """

    user_id: int
    employee_id: int
    company_id: int
    company_slug: str
    department_id: int
    name: str
    subtree: frozenset[int] = frozenset()
    in_charge: frozenset[int] = frozenset()
    grants: Mapping[tuple[str, str], frozenset[Scope]] = field(default_factory=dict)
    modules: frozenset[str] = frozenset()
    settings_mark: str = field(default="", compare=False)
    field_rights: Mapping[tuple[str, str], FieldAccess] = field(default_factory=dict)
    cases: frozenset[str] = frozenset()

    def __hash__(self) -> int:
        """By who it is alone, so that ready criteria are found quickly; two are equal only when every right is."""
        return hash((self.employee_id, self.company_id))

    def may(self, resource: str, verb: str) -> bool:
        """Whether any role gives ``verb`` on ``resource``, whatever its scope."""
        return bool(self.grants.get((resource, verb)))

    def scopes(self, resource: str, verb: str) -> frozenset[Scope]:
        """The scopes of the right; empty means no right."""
        return self.grants.get((resource, verb), frozenset())


@dataclass(frozen=True)
class System:
    """An explicit bypass of scope for the few reviewed places that work over people; ``reason`` goes to the trail."""

    reason: str
    company_id: int | None = None


Acting = Actor | System | None
_acting: ContextVar[Acting] = ContextVar("keguan_acting", default=None)


def acting() -> Acting:
    """Who acts now: an employee, the system, or nobody."""
    return _acting.get()


def actor() -> Actor:
    """The employee who acts now; raises :class:`Forbidden` when it is nobody or the system."""
    who = _acting.get()
    if not isinstance(who, Actor):
        raise Forbidden(msg("This needs a person who is signed in to a company."))
    return who


def company_id() -> int:
    """The company that the person or the system acts in; raises :class:`Forbidden` when there is none."""
    who = _acting.get()
    if isinstance(who, Actor | System) and who.company_id is not None:
        return who.company_id
    raise Forbidden(msg("This needs a person who is signed in to a company."))


def employee_id() -> int | None:
    """The employee who acts; None when it is the system."""
    who = _acting.get()
    return who.employee_id if isinstance(who, Actor) else None


@contextmanager
def acting_as(who: Acting) -> Iterator[None]:
    """Work as ``who`` until the end of the block; jobs, commands and threads enter it, nothing is inherited by accident."""
    token = _acting.set(who)
    try:
        yield
    finally:
        _acting.reset(token)


def become(who: Acting) -> None:
    """Set who acts for the rest of the request; only the web edge calls it, inside its own :func:`acting_as` block."""
    _acting.set(who)


SCOPE_ORDER: tuple[Scope, ...] = tuple(Scope)


def widest(scopes: frozenset[Scope]) -> Scope | None:
    """The widest of ``scopes`` for display; None when there is none."""
    return max(scopes, key=SCOPE_ORDER.index) if scopes else None


def scope_label(scopes: frozenset[Scope]) -> Message:
    """Word for the widest scope, or 'Not allowed'."""
    scope = widest(scopes)
    return scope.label if scope else msg("Not allowed")
