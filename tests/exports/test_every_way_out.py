"""Every way out: each response that carries a file stands in the gate's table, whoever wrote the route; none holds more than a page."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask, Response
from sqlalchemy import insert, select
from werkzeug.datastructures import MultiDict

from core.access.administration import set_parameter
from core.kernel.clock import today
from core.web.access import need_of, public
from core.web.api import LARGEST_PAGE
from core.web.doors import DOORS, PLAIN, door_of, doors
from core.web.listing import read_query
from core.web.paging import SIZE
from plugins.contracts.models import Contract, ScheduledPayment
from plugins.customers.models import Customer
from tests.evidence import Evidence
from tests.exports.conftest import Gate
from tests.isolation.routes import Route, routes_of
from tests.plugins.billing.conftest import Books
from tests.plugins.conftest import Trade
from tests.world import Browser, World

Clients = Callable[[str], Browser]
KNOWN = {
    "ExportsView.download": "gate",
    "ExportsApi.download": "gate",
    "FeedsView.feed": "feed",
    "StatementsView.printed": "form",
    "ImportsView.rejected": "own",
    "ImportsView.blank": "blank",
}
FRAME = 3
"""Rows of a table that are no records: its head, its sum, an opening balance."""
SHOWN = 20
"""Rows of a page that has many."""


@pytest.mark.requirement("R-338")
@pytest.mark.requirement("R-343", "R-444")
@pytest.mark.evidence("doors-{database_kind}")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_answer_that_carries_a_file_is_in_the_table(
    gate: Gate, application: Flask, client_for: Clients, caplog: pytest.LogCaptureFixture
) -> None:
    """Each GET route is asked by everybody who may; what would have left past the table is withheld, and told in the log."""
    evidence = Evidence("doors-sqlite", shares=False)
    table = doors(application)
    browsers = [client_for(account) for account in ("leader", "head.east", "admin", "security", "auditor")]
    for route in routes_of(application):
        name = f"{route.method} {route.rule}"
        door, answered = table.get(route.endpoint, ""), False
        if route.method == "GET":
            caplog.clear()
            for browser in browsers:
                answer = browser.get(
                    route.path(pk=1, key="customers", name="name", year=2026), company=None if _outside(route.rule) else ""
                )
                answered = answered or answer.status_code == 200
                answer.close()
            for row in withheld(caplog):
                evidence.failed(name, row)
        if route.rule.endswith("/print") and (door, route.method) != ("form", "POST"):
            evidence.failed(name, "a sheet for the printer leaves without reason, quota and mark")
        if door and door not in DOORS:
            evidence.failed(name, f"no such door: {door}")
        item = f"{name} {door}".strip()
        if answered or door:
            evidence.positive(item, route.plugin)
        else:
            evidence.neutral(item, route.plugin)
    evidence.close()


def withheld(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the gate has held back because no table names it."""
    return [row.getMessage() for row in caplog.records if "no door of the gate" in row.getMessage()]


def _outside(rule: str) -> bool:
    return rule in ("/healthz", "/readyz", "/metrics")


def test_the_table_names_every_door_and_nothing_else(application: Flask) -> None:
    table = doors(application)
    files = {endpoint for endpoint in application.view_functions if endpoint.endswith(".file")}
    forms = {endpoint for endpoint in application.view_functions if endpoint.endswith(".form")}
    assert {endpoint: door for endpoint, door in table.items() if endpoint not in files | forms} == KNOWN
    assert {table.get(endpoint) for endpoint in forms} == {"form"}
    assert {table.get(endpoint) for endpoint in files} == {"file"}
    assert all(door_of(application.view_functions[endpoint]) for endpoint in table)


def test_no_list_takes_a_larger_size_than_a_page(application: Flask) -> None:
    for noun in application.extensions["keguan"].nouns.by_path.values():
        assert read_query(noun, MultiDict({"size": "100000"})).size <= LARGEST_PAGE, noun.path


@dataclass(frozen=True)
class Crowd:
    """A company with more records than fit on a page, each called as nothing else is; ``ids`` of those that they were copied from."""

    world: World
    ids: Mapping[str, int]


@pytest.fixture
def crowd(world: World) -> Crowd:
    """Customers, a contract of each with an open part, and as many contracts of one customer; copied by SQL, which is quicker."""
    trade = Trade(world)
    contract = Books(world, trade).contract()
    with world.keguan.database.engine.begin() as connection:
        customers = copies(connection, Customer, contract.customer_id, ("code", "name"))
        contracts = copies(connection, Contract, contract.id, ("number", "title"), customer_id=customers)
        copies(connection, Contract, contract.id, ("number", "title"), first=20_000)
        part = connection.execute(select(ScheduledPayment.id).where(ScheduledPayment.contract_id == contract.id).limit(1)).scalar_one()
        copies(connection, ScheduledPayment, part, (), contract_id=contracts)
    for name in ("core.reading_confirm_after", "core.reading_stop_after"):
        with world.use_case("admin") as session:
            set_parameter(session, name, 100_000, today())
    return Crowd(world, {"customers": contract.customer_id, "contracts": contract.id})


def copies(connection: Any, model: Any, record_id: int, unique: tuple[str, ...], first: int = 10_000, **references: list[int]) -> list[int]:
    """Ids of more copies of one row than fit on a page, each with its own value in the ``unique`` columns and its own references."""
    table = model.__table__
    row = dict(connection.execute(select(table).where(table.c.id == record_id)).mappings().one())
    ids = [first + number for number in range(LARGEST_PAGE + 20)]
    own = [{"id": one, **dict.fromkeys(unique, f"{table.name}~{one}~")} for one in ids]
    pointed = [{name: others[number] for name, others in references.items()} for number in range(len(ids))]
    connection.execute(insert(table), [row | mine | other for mine, other in zip(own, pointed, strict=True)])
    return ids


CALLED = re.compile(r"([a-z_]+)~(\d+)~")
"""What a copy is called, in whatever shape an answer tells of it."""


def records_in(answer: Any, nouns: Mapping[str, Any]) -> int:
    """How many records of one kind the answer tells of: by their names, by the addresses that lead to them, by rows and results."""
    found = set(CALLED.findall(answer.text)) | set(re.findall(rf"/({'|'.join(nouns)})/([1-9]\d*)\b", answer.text))
    rows = len(re.findall(r"<tr\b", answer.text)) - FRAME
    result = answer.json.get("result", ()) if answer.is_json and isinstance(answer.json, dict) else ()
    return max(rows, *Counter(kind for kind, _ in found).values(), len(result) if isinstance(result, list) else 0, 0)


def most_of(route: Route) -> int:
    """How many records the route may tell of: a list of one kind takes the size that is asked for, whatever else is cut to a page."""
    return LARGEST_PAGE if route.noun is not None else SIZE


@dataclass(frozen=True)
class Walk:
    """Asks routes for as much as they give, and counts the records that they tell of."""

    crowd: Crowd
    application: Flask
    page: Browser
    program: Browser

    def told(self, routes: Iterable[Route]) -> dict[str, tuple[int, int]]:
        """Each address of ``routes`` with the number of records of one kind that its answer tells of, and how many it may."""
        return {address: (number, most_of(route)) for route in routes for address, number in self._of(route)}

    def _of(self, route: Route) -> Iterator[tuple[str, int]]:
        pk = self.crowd.ids.get(route.noun.path if route.noun is not None else "")
        if route.method != "GET" or (route.parameters and (pk is None or route.parameters != ("pk",))) or _outside(route.rule):
            return
        text, number = self._ask(route, route.path(pk=pk))
        yield route.rule, number
        for tab in sorted(set(re.findall(r"[?;]tab=([\w.-]+)", text))) if route.parameters else ():
            yield f"{route.rule}?tab={tab}", self._ask(route, f"{route.path(pk=pk)}?tab={tab}")[1]

    def _ask(self, route: Route, address: str) -> tuple[str, int]:
        rest = route.family == "rest"
        more = "q=(page_size:100000)&size=100000" if rest else "size=100000"
        answer = (self.program if rest else self.page).get(f"{address}{'&' if '?' in address else '?'}{more}")
        text, nouns = answer.text if answer.mimetype in PLAIN else "", self.application.extensions["keguan"].nouns.by_path
        number = records_in(answer, nouns) if text else 0
        answer.close()
        return text, number


@pytest.mark.requirement("R-343")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_no_answer_tells_of_more_records_than_a_page_holds(
    crowd: Crowd, application: Flask, client_for: Clients, token_client_for: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every page with its tabs and every answer of REST; then a route that tells of sixty customers in one breath, in three shapes."""
    walk = Walk(crowd, application, client_for("leader"), token_client_for("leader"))
    told = walk.told(routes_of(application))
    assert {address: number for address, (number, most) in told.items() if number > most} == {}
    full = {address for address, (number, _) in told.items() if number >= SHOWN}
    assert {"/customers/", "/contracts/", "/ageing/", "/ageing/parts", "/api/v1/customers/"} <= full, "the walk looks at nothing"
    assert any(address.startswith("/customers/<") for address in full), "no record is looked at that has more than a page of others"

    names = [f"{Customer.__tablename__}~{10_000 + number}~" for number in range(60)]
    desk = [route for route in routes_of(application) if route.endpoint == "DeskView.desk"]
    shapes = {"application/json": json.dumps({"a": {"b": names}}), "text/html": "<p>".join(names), "text/plain": str(names)}
    for mimetype, text in shapes.items():
        monkeypatch.setitem(application.view_functions, "DeskView.desk", public(lambda answer=(text, mimetype), **_: _leaked(*answer)))
        assert walk.told(desk) == {"/": (60, SIZE)}, mimetype


def _leaked(text: str, mimetype: str) -> Response:
    """As a plugin might answer that knows nothing of the gate."""
    return Response(text, mimetype=mimetype)


@pytest.mark.requirement("R-343")
@pytest.mark.parametrize(
    ("headers", "mimetype"),
    [({"Content-Disposition": "attachment; filename=a.csv"}, "text/html"), ({}, "text/csv"), ({}, "application/pdf"), ({}, "image/png")],
)
def test_a_route_that_knows_nothing_of_the_gate_cannot_send_a_file(
    gate: Gate,
    application: Flask,
    client_for: Clients,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    headers: dict[str, str],
    mimetype: str,
) -> None:
    """As a plugin might that builds its own answer; the walk over all routes would find it by what the log says."""

    @public
    def leak(**_: object) -> Response:
        return Response(io.BytesIO("全部客户".encode()), mimetype=mimetype, headers=headers)

    assert need_of(leak)[0] is not None
    monkeypatch.setitem(application.view_functions, "DeskView.desk", leak)
    answer = client_for("head.east").get("/")
    assert answer.status_code == 403
    assert "全部客户" not in answer.text
    assert len(withheld(caplog)) == 1


@pytest.mark.requirement("R-444")
def test_a_downloaded_file_and_a_printed_sheet_stand_in_the_trail(gate: Gate, client_for: Clients) -> None:
    head = client_for("head.east")
    with gate.world.reading("head.east") as session:
        from sqlalchemy import select

        from plugins.customers.models import Customer

        one = session.scalars(select(Customer.id).limit(1)).one()
    sent = {"file": (io.BytesIO("对账说明".encode()), "说明.txt")}
    assert head.post(f"/customers/{one}/files", data=sent, content_type="multipart/form-data").status_code == 303
    answer = head.get(f"/customers/{one}/files/1")
    assert answer.status_code == 200
    answer.close()
    with gate.world.reading("auditor") as session:
        from core.audit.models import AuditRow

        kept = [(row.who, row.action, row.subject) for row in session.scalars(select(AuditRow).where(AuditRow.action == "export"))]
    assert [(action, subject) for _, action, subject in kept] == [("export", f"/customers/{one}/files/1")]


@pytest.mark.requirement("R-444", "R-346")
def test_a_file_that_is_said_to_be_shown_inside_a_page_leaves_its_row_as_well(gate: Gate, client_for: Clients) -> None:
    """Only a picture is shown there. Anything else comes to be kept, whatever the address says, and a picture can be kept, too."""
    head = client_for("head.east")
    with gate.world.reading("head.east") as session:
        from sqlalchemy import select

        from plugins.customers.models import Customer

        one = session.scalars(select(Customer.id).limit(1)).one()
    picture = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
    )
    for content, name in (("对账说明".encode(), "说明.txt"), (picture, "现场.png")):
        sent = {"file": (io.BytesIO(content), name)}
        assert head.post(f"/customers/{one}/files", data=sent, content_type="multipart/form-data").status_code == 303
    for number in (1, 1, 2, 2):
        answer = head.get(f"/customers/{one}/files/{number}?inline=1")
        assert answer.status_code == 200
        answer.close()
    with gate.world.reading("auditor") as session:
        from core.audit.models import AuditRow

        kept = [(row.action, row.subject) for row in session.scalars(select(AuditRow).where(AuditRow.subject.contains("/files/")))]
    text, shown = (f"/customers/{one}/files/{number}" for number in (1, 2))
    assert kept == [("export", text), ("export", text), ("preview", shown)]
