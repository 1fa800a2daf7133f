"""The export gate as a pure model: no database, no product code; what it says is what must happen (R-343, R-444)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

PLACE = {"head.east": "east", "sales.east1": "east", "head.west": "west", "leader": ""}
PRESET = {"head.east": "department_head", "head.west": "department_head", "leader": "leader_in_charge", "sales.east1": "salesperson"}
ASKED = frozenset({"leader", "head.west"})
"""Whom the chain of the company asks: either of them says yes, never to an own wish."""
RIGHTS = {"department_head": ("own", "subtree"), "leader_in_charge": ("company",), "salesperson": ("own",)}
SOURCES = ("customers", "contacts")
OPEN = ("waiting", "approved", "making", "ready")
HOURS, GIVEN_UP = timedelta(hours=24), timedelta(minutes=10)
SHANGHAI = timedelta(hours=8)


@dataclass(eq=False)
class Customer:
    """One customer of whoever entered it."""

    number: int
    name: str
    owner: str


@dataclass(eq=False)
class Contact:
    """One contact of a customer; who was erased stays as a line without a name."""

    number: int
    name: str
    customer: Customer
    erased: bool = False


@dataclass(eq=False)
class Wish:
    """One export from the wish to the file. ``held`` are the names that the file holds, ``reach`` the rights with which it was made."""

    number: int
    asker: str
    source: str
    text: str
    columns: tuple[str, ...]
    reason: str
    rows: int
    asked_at: datetime
    state: str = "waiting"
    agreed: str = ""
    until: datetime | None = None
    begun: datetime | None = None
    tampered: bool = False
    held: tuple[str, ...] = ()
    uncovered: bool = False
    reach: tuple[str, bool] = ("", False)


@dataclass
class Model:
    """The company: its records, who may export what, and every wish."""

    most_wishes: int
    most_rows: int
    moment: datetime
    scopes: dict[tuple[str, str], str] = field(default_factory=dict)  # of the right to export, by role and list
    deciding: set[str] = field(default_factory=set)  # roles with the right to approve at the desk
    covered: set[str] = field(default_factory=set)  # roles from which addresses are hidden
    customers: list[Customer] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)

    def scope(self, who: str, source: str) -> str:
        """How far the right to export the list reaches; empty without it."""
        return self.scopes.get((PRESET[who], source), "")

    def shown(self, who: str, source: str, text: str) -> tuple[str, ...]:
        """Names of what the person may let out of the list, sorted."""
        if source == "customers":
            found = [one.name for one in self.customers if self._reached(who, source, one)]
        else:
            found = [one.name for one in self.contacts if self._reached(who, source, one.customer)]
        return tuple(sorted(name for name in found if text in name))

    def _reached(self, who: str, source: str, customer: Customer) -> bool:
        scope = self.scope(who, source)
        return scope == "company" or customer.owner == who or (scope == "subtree" and PLACE[customer.owner] == PLACE[who])

    def may_ask(self, who: str, source: str, text: str, columns: tuple[str, ...], reason: str) -> bool:
        """Whether such a wish is heard now."""
        rows = len(self.shown(who, source, text)) if self.scope(who, source) else 0
        today = [one for one in self.wishes if one.asker == who and self._day(one.asked_at) == self._day(self.moment)]
        counted = [one for one in today if one.state not in ("refused", "cancelled")]
        hidden = "address" in columns and PRESET[who] in self.covered
        in_quota = len(counted) < self.most_wishes and sum(one.rows for one in counted) + rows <= self.most_rows
        return rows > 0 and bool(reason.strip()) and not hidden and in_quota

    @staticmethod
    def _day(moment: datetime) -> date:
        return (moment + SHANGHAI).date()

    def may_decide(self, wish: Wish, who: str, *, at_the_desk: bool) -> bool:
        """Whether the person's yes or no counts."""
        asked = who in ASKED - {wish.asker} and wish.state == "waiting"
        return asked and (not at_the_desk or PRESET[who] in self.deciding)

    def agree(self, wish: Wish, who: str) -> None:
        """Somebody else has said yes: the hours begin."""
        wish.state, wish.agreed, wish.until = "approved", who, self.moment + HOURS

    def reach(self, wish: Wish) -> tuple[str, bool]:
        """The rights of now that decide what is in the file."""
        return self.scope(wish.asker, wish.source), PRESET[wish.asker] in self.covered

    def over(self, wish: Wish) -> bool:
        """Whether its hours have passed."""
        return wish.until is not None and wish.until < self.moment

    def makeable(self, wish: Wish, who: str) -> bool:
        """Whether a window of the person begins to make the file."""
        left = wish.begun is not None and wish.begun < self.moment - GIVEN_UP
        return who == wish.asker and (wish.state == "approved" or (wish.state == "making" and left))

    def stands(self, wish: Wish) -> bool:
        """Whether what was approved may be done now: in time, unchanged, and with the right."""
        return not self.over(wish) and not wish.tampered and self.scope(wish.asker, wish.source) != ""

    def fits(self, wish: Wish) -> bool:
        """Whether it stands, and the list has as many rows as were approved."""
        return self.stands(wish) and len(self.shown(wish.asker, wish.source, wish.text)) == wish.rows

    def make(self, wish: Wish) -> bool:
        """Make the file, or end the wish; whether there is a file. Only of what is :meth:`makeable`."""
        if not self.fits(wish):
            wish.state = "expired" if self.over(wish) else "stopped"
            return False
        wish.state, wish.held, wish.reach = "ready", self.shown(wish.asker, wish.source, wish.text), self.reach(wish)
        wish.uncovered = "address" in wish.columns and PRESET[wish.asker] not in self.covered
        return True

    def may_leave(self, wish: Wish, who: str) -> bool:
        """Whether the file leaves now, to this person."""
        return who == wish.asker and wish.state == "ready" and self.stands(wish) and wish.reach == self.reach(wish)

    def fetch(self, wish: Wish, who: str) -> None:
        """What a download, or the try, makes of the wish: rights that have become smaller end it."""
        if self.may_leave(wish, who):
            wish.state = "fetched"
        elif who == wish.asker and wish.state == "ready" and not self.over(wish) and not wish.tampered:
            wish.state = "stopped"

    def expire(self) -> None:
        """What the hourly job does."""
        for wish in self.wishes:
            if wish.state in OPEN and self.over(wish):
                wish.state = "expired"

    def erase(self, contact: Contact, instead: str) -> None:
        """The person's name goes; what named it in its query, or holds it in a file, ends."""
        for wish in self.wishes:
            named, held = contact.name in wish.text, wish.state == "ready" and "name" in wish.columns and contact.name in wish.held
            if wish.state in OPEN and (named or held):
                wish.state = "stopped"
        contact.name, contact.erased = instead, True
