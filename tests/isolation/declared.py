"""The world of the isolation harnesses, as plain declarations: who works where with which roles, who owns and shares what.

The reference model computes from this alone; the database is built from it. Nothing here asks the product what is right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.kernel.acting import Scope


@dataclass(frozen=True)
class Person:
    """An account in one company. ``charge`` are the departments that he or she is in charge of; ``gone`` has left, ``closed`` is an
    account that was shut."""

    account: str
    slug: str
    department: str
    roles: tuple[str, ...] = ()
    charge: tuple[str, ...] = ()
    gone: bool = False
    closed: bool = False

    @property
    def key(self) -> str:
        """Account and company: a user may work in two."""
        return f"{self.account}@{self.slug}"


@dataclass(frozen=True)
class Shared:
    """A share of a slot's records with a colleague; ``live`` False is one that has ended."""

    account: str
    writes: bool = False
    live: bool = True


@dataclass(frozen=True)
class Slot:
    """One record of every stored class of every plugin, all of the same owner, linked to each other.

    ``department`` differs from the owner's where the owner has moved since; ``links`` names the slot that references beside the parent
    lead to, where that is another one.
    """

    name: str
    owner: str
    slug: str = "first"
    department: str = ""
    shares: tuple[Shared, ...] = ()
    links: str = ""


ONE, TWO = "first", "second"
PLACES: dict[str, dict[str, str]] = {
    ONE: {
        "sales": "hq", "east": "sales", "south": "east", "west": "sales",
        "contracts": "hq", "finance": "hq", "service": "hq", "network": "hq",
    },
    TWO: {"sales": "hq", "east": "sales"},
}  # fmt: skip
"""Department code to the code of the one above, by company; ``hq`` is the top."""

EXTRA_ROLES: Mapping[str, tuple[Scope, tuple[str, ...]]] = {
    "deputy": (Scope.DEPARTMENT, ("read", "update")),
    "group_auditor": (Scope.ALL, ("read", "update")),
}
"""Roles of the companies' own, for the scopes that no preset gives: on every record of every plugin these verbs, this far. A right over all
companies reads everywhere and writes at home; only the platform gives it."""

PEOPLE: tuple[Person, ...] = (
    Person("admin", ONE, "network", ("system_administrator",)),
    Person("security", ONE, "network", ("security_administrator",)),
    Person("auditor", ONE, "network", ("audit_administrator",)),
    Person("chief", ONE, "hq", ("company_leader",)),
    Person("leader", ONE, "hq", ("leader_in_charge",), charge=("east", "contracts")),
    Person("head.sales", ONE, "sales", ("department_head",)),
    Person("head.east", ONE, "east", ("department_head",)),
    Person("head.west", ONE, "west", ("department_head",)),
    Person("east1", ONE, "east", ("salesperson", "customer_manager")),
    Person("east2", ONE, "east", ("salesperson",)),
    Person("south1", ONE, "south", ("salesperson",)),
    Person("west1", ONE, "west", ("salesperson",)),
    Person("project", ONE, "west", ("project_manager",)),
    Person("contracts", ONE, "contracts", ("contract_administrator",)),
    Person("invoicing", ONE, "finance", ("invoicing_clerk",)),
    Person("service", ONE, "service", ("after_sales",)),
    Person("sharer", ONE, "service", ("customer_sharer",)),
    Person("late", ONE, "service", ("customer_sharer",)),
    Person("authorised", ONE, "service", ("authorised_person",)),
    Person("newcomer", ONE, "east"),
    Person("gone", ONE, "east", ("salesperson",), gone=True),
    Person("closed", ONE, "east", ("salesperson",), closed=True),
    Person("both", ONE, "west", ("salesperson",)),
    Person("both", TWO, "east", ("salesperson",)),
    Person("admin2", TWO, "hq", ("system_administrator",)),
    Person("security2", TWO, "hq", ("security_administrator",)),
    Person("head2", TWO, "sales", ("department_head",)),
    Person("sales2", TWO, "east", ("salesperson",)),
    Person("deputy", ONE, "east", ("deputy",)),
    Person("group", ONE, "hq", ("group_auditor",)),
)

SLOTS: tuple[Slot, ...] = (
    Slot("east1", "east1"),
    Slot("east1 shared", "east1", shares=(Shared("west1", writes=True), Shared("sharer"), Shared("late", live=False), Shared("project"))),
    Slot("east1 crossed", "east1", links="west1"),
    Slot("east2", "east2"),
    Slot("east2 shared", "east2", shares=(Shared("east1"), Shared("late", writes=True, live=False), Shared("authorised"))),
    Slot("head.east", "head.east"),
    Slot("south1", "south1"),
    Slot("south1 shared", "south1", shares=(Shared("east1", writes=True, live=False), Shared("west1"), Shared("deputy"))),
    Slot("west1", "west1"),
    Slot(
        "west1 shared",
        "west1",
        shares=(
            Shared("east1", writes=True),
            Shared("sharer", writes=True),
            Shared("service"),
            Shared("deputy", writes=True),
        ),
    ),
    Slot("west1 moved", "west1", department="east"),
    Slot("head.west", "head.west"),
    Slot("gone", "gone"),
    Slot("contracts", "contracts"),
    Slot("project", "project"),
    Slot("both", "both"),
    Slot("sales2", "sales2", TWO),
    Slot("sales2 shared", "sales2", TWO, shares=(Shared("both"),)),
    Slot("both2", "both", TWO),
    Slot("head2", "head2", TWO),
)


def person(key: str) -> Person:
    """The person called ``account@company``."""
    return next(one for one in PEOPLE if one.key == key)


def below(slug: str, code: str) -> frozenset[str]:
    """Codes of the department and of all below it."""
    places = PLACES[slug]
    found = {code}
    while more := {child for child, parent in places.items() if parent in found} - found:
        found |= more
    return frozenset(found)
