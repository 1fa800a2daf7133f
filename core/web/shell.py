"""The frame around a page, filled once per request from the menu hooks, the rights and the modules of the person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, g, get_flashed_messages, request

from core.extension.calling import hooks
from core.extension.exchange import MenuEntry
from core.kernel.acting import Actor
from core.kernel.words import Message, msg
from core.web.addresses import address
from core.web.menu import Offered, menus
from core.web.pages import Flash, Language, Link, Me, Person, Shell

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
    MenuEntry("audit", msg("Audit trail"), "AuditRowsView.list", "history", "core.audit"),
)

EXPORTS_MENU = (MenuEntry("exports", msg("Exports"), "ExportsView.desk", "file-export", verb="export"),)
"""For whoever may export anything at all, and for those who approve."""

SAID = "said"

_waiting: list[Callable[[Actor], tuple[int, int]]] = []


def count_waiting_with(counter: Callable[[Actor], tuple[int, int]]) -> None:
    """Notices and approvals say how many notices a person has not read, and how many documents wait for a decision."""
    _waiting[:] = [counter]


def say(message: Message, undo: str = "") -> None:
    """Show a sentence on the next page; it goes away by itself. ``undo`` is the address (POST) that takes back what it tells of."""
    flash(str(message), undo or SAID)


def shell_or_none() -> Shell | None:
    """The frame for an error page: none when nobody is signed in or the frame itself cannot be built."""
    if g.get("identity") is None or g.get("actor") is None:
        return None
    return make_shell()


def make_shell(create: Link | None = None) -> Shell:
    """The frame of this request; ``create`` is what the page itself offers to create, and the phone's filled button then leads there."""
    actor: Actor = g.actor
    unread, waiting = _waiting[0](actor) if _waiting else (0, 0)
    shown = menus(_offered(actor), (request.endpoint or "").split(".")[0], request.script_root, waiting, create)
    return Shell(
        company=g.membership.company_name,
        companies=tuple(_company(one.slug, one.company_name) for one in g.memberships),
        menu=shown.main,
        bottom=shown.bottom,
        search_href=address("SearchView.search"),
        search_value=request.args.get("find", ""),
        create=shown.create,
        notices_href=address("NoticesView.notices"),
        notices_count=unread,
        home_href=address("DeskView.desk"),
        me=Me(
            Person.of(actor.employee_id, actor.name),
            g.membership.company_name,
            address("SignInView.sign_out"),
            (
                Link(msg("Change password"), address("SignInView.password"), "lock"),
                Link(msg("Access applications"), address("AccessApplicationsView.applications"), "user-plus"),
                Link(msg("Keys for programs"), address("KeysView.keys"), "key"),
            ),
        ),
        language=_other_language(),
        theme=request.cookies.get("kg_theme", g.identity.theme),
        flashes=_flashes(),
    )


def _flashes() -> tuple[Flash, ...]:
    waiting: Any = get_flashed_messages(with_categories=True)
    return tuple(Flash(text, "" if undo == SAID else undo) for undo, text in waiting)


def _offered(actor: Actor) -> Offered:
    business = tuple(sorted((entry for entry in hooks().crm_menu() if _allowed(actor, entry)), key=lambda entry: entry.place))
    creating = tuple(entry for entry in business if entry.creates and actor.may(entry.resource, "create"))
    return Offered(business, creating, tuple(entry for entry in (*EXPORTS_MENU, *CORE_MENU) if _allowed(actor, entry)))


def _allowed(actor: Actor, entry: MenuEntry) -> bool:
    if entry in EXPORTS_MENU:
        return actor.may("core.exports", "read") or any(verb == entry.verb for _, verb in actor.grants)
    return not entry.resource or actor.may(entry.resource, entry.verb)


def _company(slug: str, name: str) -> Link:
    root = request.script_root.removesuffix(f"/c/{g.membership.slug}")
    return Link(name, f"{root}/c/{slug}/", current=slug == g.membership.slug)


def _other_language() -> Language:
    code, label = ("en", "EN") if g.identity.language == "zh_CN" else ("zh_CN", "中")
    return Language(code, label, address("SignInView.language"))
