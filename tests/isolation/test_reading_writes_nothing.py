"""No GET writes a business table: every page and every read of REST, asked by people who may, leaves all rows as they were.

The routes are those of the application's own map, filled in as the probes fill them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from flask import request
from flask_appbuilder.models.sqla import Model
from sqlalchemy import select, text

from core.kernel.acting import System, acting_as
from tests.evidence import Evidence
from tests.isolation.building import unwritten
from tests.isolation.callers import Answer, Caller, Callers
from tests.isolation.declared import person
from tests.isolation.probes import DONE, Probe, Prober
from tests.isolation.routes import Route, routes_of
from tests.sizes import WHOLE

READERS = ("head.sales@first", "contracts@first", "auditor@first", "admin@first")
KEPT_BY_READING = {
    "core_web_session": "the session of whoever asks: when it was last used, what was said to the page that comes next",
}
"""Tables that reading may write, each with what it writes there."""
AT_ONCE = 80
"""Requests between two looks at all rows; where rows have changed, they are asked again one by one."""


@pytest.mark.requirement("R-441")
@pytest.mark.evidence("reading-{database_kind}")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_no_get_writes_a_business_table(callers: Callers, database_kind: str) -> None:
    evidence = Evidence(f"reading-{database_kind}", callers.keguan.registry.names, shares=False)
    routes, probes = [route for route in routes_of(callers.application) if route.method == "GET"], []
    for key in READERS:
        for caller in (callers.by_session(person(key)), callers.by_token(person(key))):
            found = list(_readings(callers, caller, routes))
            probes += found
            if not WHOLE:  # in CI each rule is asked by the first of them who may
                routes = [route for route in routes if route not in [probe.route for probe in found]]
    for first in range(0, len(probes), AT_ONCE):
        _read(callers, probes[first : first + AT_ONCE], evidence)
    evidence.close()


def _readings(callers: Callers, caller: Caller, routes: list[Route]) -> Iterator[Probe]:
    """A GET of every rule of ``routes`` that is open to ``caller``, each once."""
    prober = Prober(callers, Evidence("none"), near=1, far=0, barred=0.0)
    family = "page" if caller.channel == "session" else "rest"
    for route in routes:
        if route.family == family:
            yield from islice((probe for probe in prober.of_route(caller, route) if probe.open), 1)


def _read(callers: Callers, probes: list[Probe], evidence: Evidence) -> None:
    changed, answers = _changed(callers, probes)
    for probe, answer in zip(probes, answers, strict=True):
        one = _changed(callers, [probe])[0] if changed else []
        if one:
            evidence.failed(probe.name, f"reading has changed {', '.join(one)}", probe.route.plugin)
        elif answer.status in DONE:
            evidence.positive(probe.name, probe.route.plugin)
        else:
            evidence.neutral(f"{probe.name} {answer.status}", probe.route.plugin)
    if changed and not evidence.failures:
        evidence.failed(f"{probes[0].name} and those after it", f"together they have changed {', '.join(changed)}")


def _changed(callers: Callers, probes: list[Probe]) -> tuple[list[str], list[Answer]]:
    """Tables of which rows have changed while the probes were asked, and the answers; nothing of it stays."""
    with unwritten(callers.database):
        before = _rows(callers)
        answers = [probe.caller.ask("GET", probe.path) for probe in probes]
        after = _rows(callers)
    return [name for name in before if before[name] != after[name]], answers


def _rows(callers: Callers) -> dict[str, list[str]]:
    """Every row of every table but those that reading may write."""
    callers.database.release()
    engine: Any = callers.database.engine
    tables = [table for table in Model.metadata.sorted_tables if table.name not in KEPT_BY_READING]
    return {table.name: sorted(map(repr, engine.execute(select(table)).all())) for table in tables}


def test_a_get_that_sets_a_column_is_noticed(callers: Callers, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a page that writes on the quiet is told by its name, those beside it are not."""

    def spoil() -> None:
        if request.endpoint == "CustomersView.show":
            with acting_as(System("a spoilt page")), callers.database.transaction() as session:
                session.execute(text("UPDATE customers_customer SET city = 'Seen'"))

    functions = callers.application.before_request_funcs
    monkeypatch.setitem(functions, None, [*functions.get(None, []), spoil])
    caller, evidence = callers.by_session(person("head.sales@first")), Evidence("none")
    routes = [one for one in routes_of(callers.application) if one.method == "GET" and one.rule.startswith("/customers/<")]
    _read(callers, list(_readings(callers, caller, routes)), evidence)
    assert len(evidence.items) > len(evidence.failures) == 1
    assert "CustomersView.show" in evidence.failures[0]
    assert "customers_customer" in evidence.failures[0]
