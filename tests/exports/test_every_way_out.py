"""Every way out: each response that carries a file stands in the gate's table, whoever wrote the route; none holds more than a page."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask, Response
from sqlalchemy import insert, select
from werkzeug.datastructures import MultiDict

from core.access.administration import set_parameter
from core.kernel.clock import today
from core.web.access import need_of, public
from core.web.api import LARGEST_PAGE
from core.web.doors import DOORS, carries_file, door_of, doors
from core.web.listing import read_query
from plugins.contracts.models import Contract, ScheduledPayment
from plugins.customers.models import Customer
from tests.evidence import Evidence
from tests.exports.conftest import Gate
from tests.isolation.routes import routes_of
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
def test_every_answer_that_carries_a_file_is_in_the_table(gate: Gate, application: Flask, client_for: Clients) -> None:
    """Each GET route is asked by everybody who may; what comes back is looked at."""
    evidence = Evidence("doors-sqlite", shares=False)
    table = doors(application)
    browsers = [client_for(account) for account in ("leader", "head.east", "admin", "security", "auditor")]
    for route in routes_of(application):
        name = f"{route.method} {route.rule}"
        door = table.get(route.endpoint, "")
        if route.method == "GET":
            for browser in browsers:
                answer = browser.get(
                    route.path(pk=1, key="customers", name="name", year=2026), company=None if _outside(route.rule) else ""
                )
                if answer.status_code == 200 and carries_file(answer) and not door:
                    evidence.failed(name, f"{answer.mimetype} {answer.headers.get('Content-Disposition', '')}")
                answer.close()
        if route.rule.endswith("/print") and (door, route.method) != ("form", "POST"):
            evidence.failed(name, "a sheet for the printer leaves without reason, quota and mark")
        if door and door not in DOORS:
            evidence.failed(name, f"no such door: {door}")
        evidence.positive(f"{name} {door}".strip(), route.plugin)
    evidence.close()


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


@pytest.fixture
def crowd(world: World) -> World:
    """A company with more than a page of customers, and of contracts with an open part each; copied by SQL, which is quicker."""
    trade = Trade(world)
    contract = Books(world, trade).contract()
    with world.keguan.database.engine.begin() as connection:
        customers = copies(connection, Customer, contract.customer_id, ("code",))
        contracts = copies(connection, Contract, contract.id, ("number",), customer_id=customers)
        part = connection.execute(select(ScheduledPayment.id).where(ScheduledPayment.contract_id == contract.id).limit(1)).scalar_one()
        copies(connection, ScheduledPayment, part, (), contract_id=contracts)
    return world


def copies(connection: Any, model: Any, record_id: int, unique: tuple[str, ...], **references: list[int]) -> list[int]:
    """Ids of more copies of one row than fit on a page, each with its own value in the ``unique`` columns and its own references."""
    table = model.__table__
    row = dict(connection.execute(select(table).where(table.c.id == record_id)).mappings().one())
    ids = [10_000 + number for number in range(LARGEST_PAGE + 20)]
    own = [{"id": one, **dict.fromkeys(unique, f"复本-{one}")} for one in ids]
    pointed = [{name: others[number] for name, others in references.items()} for number in range(len(ids))]
    connection.execute(insert(table), [row | mine | other for mine, other in zip(own, pointed, strict=True)])
    return ids


def records_in(answer: Any, nouns: Mapping[str, Any]) -> int:
    """How many records of one kind the answer tells of: those of the result, or those that rows and addresses of a page lead to."""
    if answer.is_json:
        result = answer.json.get("result", ()) if isinstance(answer.json, dict) else answer.json
        return len(result) if isinstance(result, list) else 0
    addresses = set(re.findall(rf"/({'|'.join(nouns)})/([1-9]\d*)\b", answer.text))
    rows = len(re.findall(r"<tr\b", answer.text)) - FRAME
    return max(rows, *Counter(path for path, _ in addresses).values(), 0)


@pytest.mark.requirement("R-343")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_no_answer_tells_of_more_records_than_a_page_holds(
    crowd: World, application: Flask, client_for: Clients, token_client_for: Clients
) -> None:
    """Every page and every answer of REST, however much is asked for: the records are counted that the answer itself tells of."""
    nouns = application.extensions["keguan"].nouns.by_path
    for name in ("core.reading_confirm_after", "core.reading_stop_after"):
        with crowd.use_case("admin") as session:
            set_parameter(session, name, 100_000, today())
    told: dict[str, int] = {}
    for route in routes_of(application):
        if route.method != "GET" or route.parameters or _outside(route.rule):
            continue
        browser = (token_client_for if route.family == "rest" else client_for)("leader")
        more = "q=(page_size:100000)&size=100000" if route.family == "rest" else "size=100000"
        answer = browser.get(f"{route.path()}?{more}")
        told[route.rule] = records_in(answer, nouns)
        answer.close()
    assert {rule: number for rule, number in told.items() if number > LARGEST_PAGE} == {}
    full = {rule for rule, number in told.items() if number >= SHOWN}
    assert {"/customers/", "/contracts/", "/ageing/", "/ageing/parts", "/api/v1/customers/"} <= full, "the walk looks at nothing"


@pytest.mark.requirement("R-343")
@pytest.mark.parametrize(
    ("headers", "mimetype"),
    [({"Content-Disposition": "attachment; filename=a.csv"}, "text/html"), ({}, "text/csv"), ({}, "application/pdf"), ({}, "image/png")],
)
def test_a_route_that_knows_nothing_of_the_gate_cannot_send_a_file(
    gate: Gate, application: Flask, client_for: Clients, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], mimetype: str
) -> None:
    """As a plugin might that builds its own answer."""

    @public
    def leak(**_: object) -> Response:
        return Response(io.BytesIO("全部客户".encode()), mimetype=mimetype, headers=headers)

    assert need_of(leak)[0] is not None
    monkeypatch.setitem(application.view_functions, "DeskView.desk", leak)
    answer = client_for("head.east").get("/")
    assert answer.status_code == 403
    assert "全部客户" not in answer.text


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
