"""The frame around a page, filled once per request from the menu hooks, the rights and the modules of the person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from flask import current_app, flash, g, get_flashed_messages, request

from core.database.together import Summed, answered
from core.extension.calling import hooks
from core.extension.exchange import MenuEntry
from core.extension.rights import PRINT
from core.kernel.acting import Actor
from core.kernel.words import Message, msg
from core.lists.queries import Pin
from core.web.addresses import address
from core.web.beginning import begun_now
from core.web.gate import database_of, is_inside
from core.web.menu import Offered, menus, with_button
from core.web.nouns import Nouns
from core.web.pages import Flash, Language, Link, Me, MenuItem, Person, Shell
from core.web.showing import view_name

CORE_MENU: tuple[MenuEntry, ...] = (
    MenuEntry("modules", msg("Module management"), "ModulesView.modules", "apps", "core.module"),
    MenuEntry("parameters", msg("Parameters"), "ParametersView.parameters", "settings", "core.parameter"),
    MenuEntry("code-lists", msg("Code lists"), "CodeListsView.lists", "tag", "core.code_list"),
    MenuEntry("working-days", msg("Working days"), "WorkingDaysView.year", "calendar-stats", "core.calendar"),
    MenuEntry(
        "access-applications", msg("Access applications"), "AccessApplicationsView.applications", "user-plus", "core.access_application"
    ),
    MenuEntry("approval-chains", msg("Approval chains"), "ChainsView.chains", "sitemap", "core.approval_chain"),
    MenuEntry("roles", msg("Roles and permissions"), "RolesView.roles", "shield-lock", "core.role"),
    MenuEntry("field-rights", msg("Field rights"), "FieldRightsView.roles", "eye-off", "core.role"),
    MenuEntry("organisation", msg("Organisation"), "OrganisationView.tree", "users", "core.department"),
    MenuEntry("employees", msg("Employees"), "EmployeesView.list", "user", "core.employee"),
    MenuEntry("handovers", msg("Handovers"), "HandoversView.handovers", "user-share", "core.employee", "hand_over"),
    MenuEntry("privacy", msg("Personal information"), "PrivacyView.desk", "user-off", "core.privacy"),
    MenuEntry("backups", msg("Backups"), "BackupsView.backups", "file-export", "core.backup"),
    MenuEntry("audit", msg("Audit trail"), "AuditRowsView.list", "history", "core.audit"),
)

EXPORTS_MENU = (MenuEntry("exports", msg("Exports"), "ExportsView.desk", "file-export", verb="export"),)
"""For whoever may export or print anything at all, and for those who approve."""

IMPORTS_MENU = (MenuEntry("imports", msg("Imports"), "ImportsView.imports", "file-import", verb="import"),)
"""For whoever may import anything at all, and for those who look after it."""

SAID = "said"


@dataclass(frozen=True)
class Waiting:
    """What every page tells of a person: notices not read, documents that wait for a decision, views pinned to the menu."""

    unread: int = 0
    cases: int = 0
    pins: tuple[Pin, ...] = ()


_asked: list[tuple[Callable[[Actor], Sequence[Summed]], Callable[..., Waiting]]] = []


def ask_for_waiting_by(ask: Callable[[Actor], Sequence[Summed]], read: Callable[..., Waiting]) -> None:
    """Notices, approvals and saved views say how it is asked what waits for a person and what he or she has pinned."""
    _asked[:] = [(ask, read)]


def asked_of_waiting() -> Sequence[Summed]:
    """What every frame asks, for a page that can ask it together with its own and then calls :func:`know_waiting`."""
    return _asked[0][0](g.actor)


def know_waiting(answers: Sequence[Any]) -> None:
    """The frame of this request need not ask what a page has asked for it already."""
    g.waiting = _asked[0][1](*answers)


def _waiting() -> Waiting:
    if "waiting" not in g:
        know_waiting(answered(database_of().session(), asked_of_waiting(), standing=True, employee=g.actor.employee_id))
    found: Waiting = g.waiting
    return found


def say(message: Message, undo: str = "") -> None:
    """Show a sentence on the next page; it goes away by itself. ``undo`` is the address (POST) that takes back what it tells of."""
    flash(str(message), undo or SAID)


def shell_or_none() -> Shell | None:
    """The frame for an error page: none when nobody is signed in, or in no company."""
    return make_shell() if is_inside() else None


def _place(offered: Offered, view: str) -> str:
    """The page of the menu that ``view`` belongs to: its own, else that of the records which those of ``view`` are a part of."""
    nouns: Nouns = current_app.extensions["keguan"].nouns
    entries = {entry.endpoint.split(".")[0] for entry in (*offered.business, *offered.house)}
    return next((one for one in _upwards(nouns, view) if one in entries), view)


@lru_cache(maxsize=1_000)
def _upwards(nouns: Nouns, view: str) -> tuple[str, ...]:
    """The page and those above it, as far as its records are parts of others."""
    found = [view]
    noun = next((one for one in nouns.by_path.values() if view_name(one) == view), None)
    while noun is not None and (parent := getattr(noun.model, "__parent__", "")):
        noun = nouns.by_table.get(noun.fields[parent].target)
        if noun is None or view_name(noun) in found:
            break
        found.append(view_name(noun))
    return tuple(found)


def make_shell(create: Link | None = None, begun: Link | None = None) -> Shell:
    """The frame of this request.

    The phone's filled button begins ``begun``, else what may be begun on every page, else what the page itself can ``create``.
    """
    actor: Actor = g.actor
    waiting = _waiting()
    offered = replace(offered_to(actor), pinned=_pinned(actor, waiting.pins))
    shown = menus(offered, _place(offered, (request.endpoint or "").split(".")[0]), request.script_root, waiting.cases)
    return Shell(
        company=g.membership.company_name,
        companies=tuple(_company(one.slug, one.company_name) for one in g.memberships),
        menu=shown.main,
        bottom=with_button(shown.bottom, begun or begun_now() or create or next(iter(shown.create), None)),
        search_href=address("SearchView.search"),
        search_value=request.args.get("find", ""),
        create=shown.create,
        notices_href=address("NoticesView.notices"),
        notices_count=waiting.unread,
        home_href=address("DeskView.desk"),
        drafts=f"{actor.company_id}-{actor.employee_id}",
        door=address("SignInView.sign_in"),
        me=Me(
            Person.of(actor.employee_id, actor.name),
            g.membership.company_name,
            address("SignInView.sign_out"),
            (
                Link(msg("Change password"), address("SignInView.password"), "lock"),
                Link(msg("Two-step verification"), address("TwoStepView.state"), "shield-lock"),
                Link(msg("Access applications"), address("AccessApplicationsView.applications"), "user-plus"),
                Link(msg("API keys"), address("KeysView.keys"), "key"),
            ),
        ),
        language=_other_language(),
        theme=request.cookies.get("kg_theme", g.identity.theme),
        flashes=_flashes(),
    )


def _flashes() -> tuple[Flash, ...]:
    waiting: Any = get_flashed_messages(with_categories=True)
    return tuple(Flash(text, "" if undo == SAID else undo) for undo, text in waiting)


def offered_to(actor: Actor) -> Offered:
    """What the person may open and create, without pinned views."""
    business = tuple(sorted((entry for entry in hooks().crm_menu() if _allowed(actor, entry)), key=lambda entry: entry.place))
    creating = tuple(entry for entry in business if entry.creates and actor.may(entry.resource, "create"))
    return Offered(business, creating, tuple(entry for entry in (*IMPORTS_MENU, *EXPORTS_MENU, *CORE_MENU) if _allowed(actor, entry)))


def _pinned(actor: Actor, pins: tuple[Pin, ...]) -> tuple[MenuItem, ...]:
    """Pinned views of lists that the person may still open."""
    nouns: Nouns = current_app.extensions["keguan"].nouns
    here = request.args.get("of") or request.args.get("view")
    found = []
    for pin in pins:
        noun = nouns.by_path.get(pin.path)
        if noun is not None and (noun.plugin == "core" or noun.plugin in actor.modules) and actor.may(noun.resource, "read"):
            address_of_list = address(f"{view_name(noun)}.list")
            found.append(MenuItem(pin.name, f"{address_of_list}?view={pin.id}", noun.icon, current=here == str(pin.id)))
    return tuple(found)


def _allowed(actor: Actor, entry: MenuEntry) -> bool:
    if entry in (*IMPORTS_MENU, *EXPORTS_MENU):
        leads = {entry.verb, PRINT} if entry in EXPORTS_MENU else {entry.verb}  # what was printed stands on the desk of exports
        return actor.may(f"core.{entry.key}", "read") or any(verb in leads for _, verb in actor.grants)
    return not entry.resource or actor.may(entry.resource, entry.verb)


def _company(slug: str, name: str) -> Link:
    root = request.script_root.removesuffix(f"/c/{g.membership.slug}")
    return Link(name, f"{root}/c/{slug}/", current=slug == g.membership.slug)


def _other_language() -> Language:
    code, label = ("en", "EN") if g.identity.language == "zh_CN" else ("zh_CN", "中")
    return Language(code, label, address("SignInView.language"))
