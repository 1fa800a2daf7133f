"""The menus around a page, put together once for all who are offered the same entries: every page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from core.extension.exchange import MenuEntry
from core.kernel.words import msg
from core.web.addresses import address
from core.web.pages import Link, MenuItem, MenuSection

APPROVALS = MenuEntry("approvals", msg("Approvals"), "ApprovalsView.inbox", "rubber-stamp")
CALENDAR = MenuEntry("calendar", msg("Calendar"), "CalendarView.calendar", "calendar")
MARKS = MenuEntry("marks", msg("Favourites and recent"), "MarksView.marks", "star")
DESK = MenuEntry("desk", msg("Home"), "DeskView.desk", "home")


@dataclass(frozen=True, slots=True)
class Offered:
    """What somebody may open: entries of plugins, those among them by which records are created, pages of the house, pinned views."""

    business: tuple[MenuEntry, ...]
    creating: tuple[MenuEntry, ...]
    house: tuple[MenuEntry, ...]
    pinned: tuple[MenuItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Menus:
    """The main menu, the phone's bar without its button, and what the button "New" offers."""

    main: tuple[MenuSection, ...]
    bottom: tuple[MenuItem, ...]
    create: tuple[Link, ...]


@lru_cache(maxsize=1_024)
def menus(offered: Offered, view: str, root: str, waiting: int = 0) -> Menus:
    """The menus on the pages of ``view`` below the address ``root``, which is that of the request; found by equality of everything.

    ``waiting`` approvals are told.
    """
    assert address(DESK.endpoint).startswith(root)
    sections = (
        MenuSection("", (_item(DESK, view), _item(CALENDAR, view), _approvals(view, waiting), _item(MARKS, view))),
        MenuSection(msg("Pinned views"), offered.pinned),
        MenuSection(msg("Business modules"), tuple(_item(one, view, offered.business) for one in _on_top(offered.business))),
        MenuSection(msg("Administration"), tuple(_item(one, view) for one in offered.house)),
    )
    new = tuple(Link(one.label, create_url(one), one.icon, drawer=True) for one in offered.creating)
    return Menus(tuple(section for section in sections if section.items), _bottom(offered, view, waiting), new)


def create_url(entry: MenuEntry) -> str:
    """Where the record that the entry creates is begun."""
    return address(entry.endpoint.replace(".list", ".add"))


def _on_top(offered: Sequence[MenuEntry]) -> list[MenuEntry]:
    """Entries that stand below no other; one whose upper entry is not offered takes its place, or nobody would find it."""
    keys = {one.key for one in offered}
    return [one for one in offered if one.parent not in keys]


def _item(entry: MenuEntry, view: str, others: Sequence[MenuEntry] = ()) -> MenuItem:
    children = [child for child in others if child.parent == entry.key]
    below = tuple(Link(child.label, address(child.endpoint), current=_current(child, view)) for child in children)
    return MenuItem(entry.label, address(entry.endpoint), entry.icon, current=_current(entry, view), children=below)


def _current(entry: MenuEntry, view: str) -> bool:
    return entry.endpoint.split(".")[0] == view


def _approvals(view: str, waiting: int) -> MenuItem:
    """The way to one's own approvals, with what waits for a decision."""
    return replace(_item(APPROVALS, view), count=("99+" if waiting > 99 else str(waiting)) if waiting else "", hot=bool(waiting))


def with_button(bottom: tuple[MenuItem, ...], begun: Link | None) -> tuple[MenuItem, ...]:
    """The phone's bar with its filled button, if there is anything to begin; before the approvals, which is the middle."""
    return (*bottom[:-2], MenuItem(begun.label, begun.href, "plus"), *bottom[-2:]) if begun is not None else bottom


def _bottom(offered: Offered, view: str, waiting: int) -> tuple[MenuItem, ...]:
    return (
        _item(DESK, view),
        *[_item(one, view, offered.business) for one in _on_top(offered.business)[:1]],
        _approvals(view, waiting),
        MenuItem(msg("Me"), address("SignInView.me"), "user"),
    )
