"""Administration: modules per company, roles and their permissions, the department tree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.web.pages.parts import Ask, Link, Page, Person, Text, Verb


@dataclass(frozen=True, slots=True)
class Module:
    """A plugin as an administrator sees it. ``locked`` says why it cannot be switched (who needs it).

    The switch sends ``enable`` = 1 or 0 to ``action``; ``ask`` stands in the row before it is switched off.
    """

    name: str
    title: Text
    purpose: Text
    icon: str
    enabled: bool
    action: str
    requires: tuple[Text, ...] = ()
    note: Text = ""
    switched_by: Person | None = None
    switched_at: datetime | None = None
    locked: Text = ""
    ask: Ask | None = None


@dataclass(frozen=True, slots=True)
class ModuleGroup:
    """Modules under one heading."""

    title: Text
    modules: tuple[Module, ...]


@dataclass(frozen=True, kw_only=True)
class ModulesPage(Page):
    """Module management of one company."""

    company: Text
    groups: tuple[ModuleGroup, ...]
    log: Link | None = None
    template: ClassVar[str] = "keguan/modules.html"

    @property
    def counts(self) -> tuple[int, int]:
        """How many modules are enabled, of how many."""
        modules = [module for group in self.groups for module in group.modules]
        return sum(module.enabled for module in modules), len(modules)


@dataclass(frozen=True, slots=True)
class ScopeOption:
    """A data scope to choose; ``bars`` of six are filled, 0 is "may not". One that is not ``measured`` leaves to others what one may.

    ``short`` is what a cell among ten others says, where that is not the ``label`` of the legend.
    """

    value: str
    label: Text
    bars: int
    measured: bool = True
    short: Text = ""


@dataclass(frozen=True, slots=True)
class PermissionCell:
    """One right: ``name`` of the select, ``value`` chosen, ``saved`` stored. ``applies`` False shows a dot."""

    name: str
    value: str = ""
    saved: str = ""
    applies: bool = True
    options: tuple[str, ...] = ()
    """Values of ``scopes`` that may be chosen; empty means all."""
    label: Text = ""
    """What the right is called, in a row whose cells have no columns."""


@dataclass(frozen=True, slots=True)
class PermissionRow:
    """A resource and one cell per verb; ``own``: cells of verbs that only this resource has, each with a label of its own."""

    label: Text
    cells: tuple[PermissionCell, ...]
    own: bool = False
    note: Text = ""


@dataclass(frozen=True, slots=True)
class PermissionGroup:
    """Resources of one module."""

    title: Text
    rows: tuple[PermissionRow, ...]


@dataclass(frozen=True, slots=True)
class FieldRight:
    """How personal or secret fields are shown to the role."""

    label: Text
    right: Text
    tone: str = "idle"


@dataclass(frozen=True, kw_only=True)
class PermissionsPage(Page):
    """The rights of one role as a matrix, sent whole by one POST; ``people`` are touched by a change."""

    roles: tuple[Link, ...]
    role: Text
    detail: Text
    people: int
    verbs: tuple[Text, ...]
    scopes: tuple[ScopeOption, ...]
    groups: tuple[PermissionGroup, ...]
    """What is shown at once."""
    action: str
    hidden: tuple[tuple[str, str], ...] = ()
    sentences: tuple[Text, ...] = ()
    field_rights: tuple[FieldRight, ...] = ()
    legend: Text = ""
    create: Link | None = None
    links: tuple[Link, ...] = ()
    read_only: Text = ""
    folded: tuple[PermissionGroup, ...] = ()
    """Rows that open on demand, below ``folded_label``."""
    folded_label: Text = ""
    template: ClassVar[str] = "keguan/permissions.html"


@dataclass(frozen=True, slots=True)
class DepartmentNode:
    """A department in the tree with its people and what may be done with it."""

    id: str
    name: Text
    code: str
    head: Person | None = None
    leader: Person | None = None
    people: int = 0
    people_href: str = ""
    verbs: tuple[Verb | Link, ...] = ()
    children: tuple[DepartmentNode, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OrganisationPage(Page):
    """The department tree of a company."""

    company: Text
    roots: tuple[DepartmentNode, ...]
    create: Link | None = None
    links: tuple[Link, ...] = ()
    template: ClassVar[str] = "keguan/organisation.html"
