"""Every way out: each response that carries a file stands in the gate's table, whoever wrote the route; none holds more than a page."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask, Response

from core.web.access import need_of, public
from core.web.api import LARGEST_PAGE
from core.web.doors import DOORS, carries_file, door_of, doors
from core.web.listing import read_query
from tests.evidence import Evidence
from tests.exports.conftest import Gate
from tests.isolation.routes import routes_of
from tests.world import Browser

Clients = Callable[[str], Browser]
KNOWN = {
    "ExportsView.download": "gate",
    "ExportsApi.download": "gate",
    "StatementsView.printed": "print",
    "ImportsView.rejected": "own",
    "ImportsView.blank": "blank",
}


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
        if route.rule.endswith("/print") and door != "print":
            evidence.failed(name, "a sheet for the printer is a way out and declares no door")
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


def test_no_answer_holds_more_than_a_page(application: Flask) -> None:
    from werkzeug.datastructures import MultiDict

    for noun in application.extensions["keguan"].nouns.by_path.values():
        assert read_query(noun, MultiDict({"size": "100000"})).size <= LARGEST_PAGE, noun.path


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
