"""Every page there is: the routes that answer a browser, their tabs, their forms with errors, their empty and refused states."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from core.access.guard import get_for
from core.kernel.acting import System, acting_as
from core.kernel.errors import Forbidden, NotFound
from core.web.changing import why_unchanged
from core.web.nouns import Noun
from core.web.views import RecordView
from core.work.running import run_due_jobs
from plugins.customers.models import Contact
from tests.browser.examining import IMPORTED, SOUGHT
from tests.browser.examples import PARAMETER, first_address, first_id
from tests.browser.filing import a_mail, told_mail
from tests.browser.house import BROKEN, EMPTY_COMPANY, LIMIT, NEWCOMER, House
from tests.browser.second_steps import PERSON, SECOND_STEPS, Arrive
from tests.browser.windows import Window
from tests.world import look_around

# In this order each kind of page is taken as the first two persons who may open it.
PEOPLE = ("sales.east1", "head.east", "contracts", "admin", "security", "auditor", "leader", "invoicing")
NOT_PAGES = ("/static", "/api/", "/feeds/", "/back", "/lang/", "/account/sign-in", BROKEN)
ANSWERS = ("choices", "values", "hint", "alike", "beside", "counts", "file", "rejected", "blank")  # answer scripts or give files
OFTEN = 2
WRITERS = ("sales.east1", "contracts", "service", "invoicing", "security", "admin")
CLOSED = 409  # a record whose state closes its form: a page that says why


@dataclass(frozen=True)
class Stop:
    """A place of the tour: ``arrive`` leads the window there and says the status of the answer."""

    name: str
    account: str
    arrive: Callable[[Window], int]
    status: int = 200
    wide_only: bool = False


def stops(house: House, often: int = OFTEN) -> Iterator[Stop]:
    """All of them, by person; ``often`` is how many persons each kind of page is taken as."""
    yield from _at_the_door()
    taken: dict[str, int] = {}
    for account in PEOPLE:
        for rule in sorted(house.application.url_map.iter_rules(), key=str):
            if _is_page(rule):
                yield Stop(_name(rule), account, _Route(house, rule, taken, often))
    yield from _forms(house)
    yield from _imports(house)
    yield from _opened(house)
    yield from _empty(house)
    yield from _refused()


def _is_page(rule: Rule) -> bool:
    return "GET" in (rule.methods or ()) and not str(rule).startswith(NOT_PAGES) and rule.endpoint.rpartition(".")[2] not in ANSWERS


def _name(rule: Rule) -> str:
    return re.sub(r"(-one)+", "-one", PARAMETER.sub("one", str(rule)).strip("/").replace("/", "-")) or "desk"


class _Route:
    """One rule, opened for a person; answers other than a page count as not open to that person (status 0)."""

    def __init__(self, house: House, rule: Rule, taken: dict[str, int], often: int) -> None:
        self.house, self.rule, self.taken, self.often = house, rule, taken, often

    def __call__(self, window: Window) -> int:
        path = str(self.rule)
        if self.taken.get(self.rule.endpoint, 0) >= self.often and path != "/":
            return 0
        if "<" in path:
            example = first_address(window, path)
            if example is None:
                return 0
            path = example
        status = window.open(path)
        if urlsplit(window.page.url).path != urlsplit(self.house.url(path)).path or not window.page.locator("h1").count():
            return 0  # leads elsewhere, or speaks to programs
        if status == 200:
            self.taken[self.rule.endpoint] = self.taken.get(self.rule.endpoint, 0) + 1
        return 200 if status == CLOSED else status if status not in (403, 404, 405) else 0


def _at_the_door() -> Iterator[Stop]:
    def wrong(window: Window) -> int:
        window.page.goto(f"{window.house.address}/account/sign-in")
        window.page.locator("[name=username]").fill("sales.east1")
        window.page.locator("[name=password]").fill("not-the-password")
        return _send(window.page, lambda: window.page.locator("form button[type=submit]").click())

    yield Stop("sign-in", "", lambda window: _at(window, "/account/sign-in"))
    yield Stop("sign-in-out", "", lambda window: _at(window, "/account/sign-in?out=1"))
    yield Stop("sign-in-wrong", "", wrong, 401)
    yield from (Stop(name, account, partial(_of, arrive), status) for name, account, arrive, status in SECOND_STEPS)
    yield Stop("nowhere", "", lambda window: _at(window, "/nowhere"), 404)


def _of(arrive: Arrive, window: Window) -> int:
    return arrive(window, PERSON)


def _at(window: Window, path: str) -> int:
    answer = window.page.goto(window.house.address + path)
    return answer.status if answer else 0


def _send(page: Page, act: Callable[[], None]) -> int:
    with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        act()
    page.wait_for_load_state("load")
    return sent.value.status


def record_views(house: House) -> list[type[RecordView]]:
    """The page classes of all nouns."""
    views = {type(getattr(view, "__self__", None)) for view in house.application.view_functions.values()}
    return sorted((one for one in views if issubclass(one, RecordView)), key=lambda one: one.route_base)


def _writer(house: House, noun: Noun) -> str:
    """The first of those who may enter such a record; nobody where none is entered by hand."""
    world = look_around(house.keguan)
    return next((name for name in WRITERS if noun.create is not None and world.actor(name).may(noun.resource, "create")), "")


def _forms(house: House) -> Iterator[Stop]:
    """Forms sent empty, forms in drawers, and a record that somebody else has saved meanwhile."""
    for view in record_views(house):
        path, writer = view.route_base, _writer(house, view.noun)
        if not writer:
            continue
        yield Stop(f"{path[1:]}-add-errors", writer, _empty_form(f"{path}/add"), 422)
        yield Stop(f"{path[1:]}-add-drawer", writer, _drawer(path), wide_only=True)
        if view.noun.change is not None and (found := _changeable(house, view.noun)) is not None:
            yield Stop(f"{path[1:]}-edit-stale", found[0], _stale(f"{path}/{found[1]}"), 409)


def _imports(house: House) -> Iterator[Stop]:
    """The steps of an import: the file, its columns, and what would become of its rows."""

    def columns(window: Window) -> int:
        window.open("/imports/new/customers.customer")
        window.page.locator("[name=rows]").fill(IMPORTED)
        return _send(window.page, lambda: window.page.locator("main [data-submit]").click()) and 200

    def preview(window: Window) -> int:
        columns(window)
        window.page.locator("main [data-submit]").click()
        window.page.locator("#import").wait_for()
        run_due_jobs(house.keguan.database, house.keguan.registry)
        window.page.locator("main form[action$=commit]").wait_for()
        return 200

    yield Stop("imports-new", "sales.east1", lambda window: window.open("/imports/new/customers.customer"))
    yield Stop("imports-columns", "sales.east1", columns)
    yield Stop("imports-preview", "sales.east1", preview)


def _empty_form(path: str) -> Callable[[Window], int]:
    def arrive(window: Window) -> int:
        if window.open(path) != 200:
            return 0  # not theirs to write
        window.page.locator("main form[data-form]").evaluate(
            "form => { for (const one of form.querySelectorAll('.kg-field input:not([type=radio], [type=hidden])')) one.value = ''; }"
        )
        return _send(window.page, lambda: window.page.locator("main [data-submit]").click())

    return arrive


def _drawer(path: str) -> Callable[[Window], int]:
    def arrive(window: Window) -> int:
        status = window.open(f"{path}/")
        create = window.page.locator(f"main a[data-drawer][href$='{path}/add']")
        if not create.count():
            return 0
        create.first.click()
        window.page.locator("dialog[open] form").wait_for()
        return status

    return arrive


def _changeable(house: House, noun: Noun) -> tuple[str, int] | None:
    """Somebody who may change such records, and the newest one that he or she may change now; None where there is no such record."""
    world = look_around(house.keguan)
    for account in WRITERS:
        with world.reading(account) as session:
            if not world.actor(account).may(noun.resource, "update"):
                continue
            for record in session.scalars(select(noun.model).order_by(noun.model.id.desc()).limit(50)):
                if why_unchanged(noun, record) is None and _may_change(session, noun, record.id):
                    return account, record.id
    return None


def _may_change(session: Session, noun: Noun, record_id: int) -> bool:
    try:
        get_for(session, noun.model, "update", record_id)
    except (Forbidden, NotFound):
        return False
    return True


def _stale(record: str) -> Callable[[Window], int]:
    def arrive(window: Window) -> int:
        if window.open(f"{record}/edit") != 200:
            return 0  # it has been taken away meanwhile
        form = window.page.locator("main form[data-form]")
        form.locator("[name=version]").evaluate("one => { one.value = '0'; }")
        text = form.locator("textarea, input[type=text]").first
        text.evaluate("one => { one.value += ' 2'; }")
        return _send(window.page, lambda: form.locator("[data-submit]").click())

    return arrive


def _opened(house: House) -> Iterator[Stop]:
    """What opens by a click: tabs, menus, verbs that ask, filters, picked rows."""
    for view in record_views(house):
        path = view.route_base
        yield Stop(f"{path[1:]}-tabs", "sales.east1" if view.plugin != "core" else "admin", _Tabs(path))
    yield Stop("customers-filter", "sales.east1", _click("/customers/", "details[data-filter] > summary"))
    yield Stop("customers-filtered", "sales.east1", lambda window: window.open("/customers/?state=negotiating"))
    yield Stop("me", "sales.east1", _click("/", "#me > summary"))
    for path, word in (("search", "gs"), ("directory", SOUGHT)):
        for name, asked in (("found", word), ("none", "zzzz")):
            yield Stop(f"{path}-{name}", "sales.east1", lambda window, address=f"/{path}/?q={asked}": window.open(address))  # type: ignore[misc]
    for name, account in (("customers", "sales.east1"), ("customers", "head.east"), ("contracts", "contracts")):
        yield Stop(f"{name}-one-asks", account, _verb(f"/{name}/"))
    yield Stop("exports-files", "head.east", _files_of_a_record)
    yield Stop("customers-one-mail", "sales.east1", a_mail)
    yield Stop("customers-one-mails", "sales.east1", told_mail)
    yield Stop("exports-calendar", "head.east", lambda window: window.open("/exports/new/calendar"))
    yield Stop("privacy-found", "leader", _found_person)
    yield Stop("privacy-person", "leader", _dossier)
    yield Stop("privacy-person-asks", "leader", _asked_to_erase)
    yield Stop("modules-asks", "admin", _click("/modules/", "details.kg-asks > summary"))
    yield Stop("password-wrong", "sales.east1", _password, 422)


def _files_of_a_record(window: Window) -> int:
    number = first_id(window, "/customers/")
    return window.open(f"/exports/new/customers-files?picked={number}")


def _found_person(window: Window) -> int:
    """The desk of personal information after somebody was looked for, whose address says nothing of it."""
    window.open("/privacy/")
    asking = window.page.locator("main details:has([name=text])").first
    asking.locator("summary").click()
    asking.locator("[name=text]").fill(_somebody(window))
    return _send(window.page, lambda: asking.locator("[type=submit]").click())


def _somebody(window: Window) -> str:
    """The first of the contacts."""
    with acting_as(System("tour")), Session(window.house.keguan.database.engine) as session:
        return session.scalars(select(Contact.name).order_by(Contact.id)).first() or ""


def _dossier(window: Window) -> int:
    _found_person(window)
    with window.page.expect_navigation() as opened:
        window.page.locator("main a[href*='/privacy/']").filter(has_text=_somebody(window)).first.click()
    return opened.value.status if opened.value else 0


def _asked_to_erase(window: Window) -> int:
    status = _dossier(window)
    window.page.locator("main details.kg-menu > summary").last.click()
    return status


class _Tabs:
    """The record with its last tab open; the tabs between are looked at by :func:`tests.browser.shots.tabs`."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __call__(self, window: Window) -> int:
        number = first_id(window, f"{self.path}/")
        return window.open(f"{self.path}/{number}") if number else 0


def _click(path: str, selector: str) -> Callable[[Window], int]:
    def arrive(window: Window) -> int:
        status = window.open(path)
        window.page.locator(selector).first.click()
        return status

    return arrive


def _verb(path: str) -> Callable[[Window], int]:
    def arrive(window: Window) -> int:
        number = first_id(window, path)
        status = window.open(f"{path}{number}")
        opening = window.page.locator(".kg-verbs > details > summary")
        if opening.count():
            opening.last.click()
        return status

    return arrive


def _password(window: Window) -> int:
    window.open("/account/password")
    for name, text in (("current", "wrong"), ("new", "short"), ("again", "short")):
        window.page.locator(f"[name={name}]").fill(text)
    return _send(window.page, lambda: window.page.locator("main button[type=submit]").click())


def _empty(house: House) -> Iterator[Stop]:
    for view in record_views(house):
        path = view.route_base
        yield Stop(f"{path[1:]}-none-yet", NEWCOMER, _elsewhere(f"{path}/"))
        yield Stop(f"{path[1:]}-no-match", NEWCOMER, _elsewhere(f"{path}/?q=zzzz"))
    for path in ("/", "/search/", "/notices/"):
        yield Stop(f"{path.strip('/') or 'desk'}-none-yet", NEWCOMER, _elsewhere(path))


def _elsewhere(path: str) -> Callable[[Window], int]:
    def arrive(window: Window) -> int:
        status = window.open(path, EMPTY_COMPANY)
        return status if status == 200 else 0

    return arrive


def _refused() -> Iterator[Stop]:
    """One page for each way to be refused."""
    yield Stop("refused-400", "sales.east1", _post("/customers/add", {"name": "-"}), 400)
    yield Stop("refused-403", "sales.east1", lambda window: window.open("/roles/"), 403)
    yield Stop("refused-404", "sales.east1", lambda window: window.open("/customers/999999"), 404)
    yield Stop("refused-413", "sales.east1", _post("/customers/add", {"name": "-" * (LIMIT + 1)}), 413)
    yield Stop("refused-500", "sales.east1", lambda window: window.open(BROKEN), 500)


def _post(path: str, values: dict[str, str]) -> Callable[[Window], int]:
    """Send a form as another page would: without its token."""

    def arrive(window: Window) -> int:
        window.open("/")
        return _send(
            window.page,
            lambda: window.page.evaluate(
                """([action, values]) => { const form = document.createElement("form"); form.method = "post"; form.action = action;
                for (const [name, value] of Object.entries(values)) {
                const one = document.createElement("textarea"); Object.assign(one, { name, value }); form.append(one); }
                document.body.append(form); form.submit(); }""",
                [window.house.url(path), values],
            ),
        )

    return arrive
