"""Keguan with the same customers, asked as the head of a department whose right is the subtree."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Connection, insert, select

from bench.measuring import Sample, Statements, sampled
from bench.rows import SOUGHT, customers
from config.settings import Settings
from core.application import create_core
from core.database.engine import refresh_statistics
from core.database.search import SEARCH
from core.kernel.searchtext import tokens
from core.operations.branches import branches
from core.operations.catalogues import compile_all
from core.operations.demo import make_base
from core.operations.language import catalogues_of, speaking
from core.operations.migrations import upgrade
from core.web.fab import build_web
from plugins.customers.models import Customer
from plugins.customers.rules import name_key
from tests.world import PASSWORD, Browser, World, browser_for, look_around

WHO = "head.east"
BATCH = 5_000


def application(url: str, data: Path) -> Flask:
    """The application on a fresh database with the demo companies and people, but none of their records."""
    compile_all()
    settings = Settings(data=data, environment="testing", database_url=url, threads=4)
    keguan = create_core(settings)
    upgrade(keguan.database.engine, branches(keguan.registry))
    with speaking("zh_CN", catalogues_of(keguan.registry)):
        make_base(keguan.database, keguan.registry, PASSWORD, settings.password_method)
    return build_web(keguan)


def fill(app: Flask, count: int) -> World:
    """Write the customers and their search rows, past everything that could slow it down."""
    keguan = app.extensions["keguan"]
    world = look_around(keguan)
    sellers = [world.employees[name] for name in ("sales.east1", "sales.east2")]
    given = {one.id: {"department_id": one.department_id, "company_id": one.company_id} for one in sellers}
    with keguan.database.engine.begin() as connection:
        batch: list[dict[str, Any]] = []
        for row in customers(count, tuple(given)):
            batch.append({**row, **given[row["owner_id"]], "version": 1, "name_key": name_key(row["name"])})
            if len(batch) == BATCH:
                _write(connection, batch)
                batch = []
        if batch:
            _write(connection, batch)
    refresh_statistics(keguan.database.engine)
    return world


def _write(connection: Connection, batch: list[dict[str, Any]]) -> None:
    table = Customer.__table__
    connection.execute(insert(table), batch)
    stored = connection.execute(select(table.c.id, table.c.name, table.c.code).where(table.c.code.in_([row["code"] for row in batch])))
    company_id = batch[0]["company_id"]
    connection.execute(
        insert(SEARCH),
        [
            {"company_id": company_id, "kind": table.name, "record_id": row.id, "body": f"{tokens(row.name)}  {tokens(row.code)}"}
            for row in stored
        ],
    )


class Answering:
    """The pages by the names that the bench uses."""

    def __init__(self, app: Flask, world: World) -> None:
        self.statements = Statements(world.keguan.database.engine)
        self.browser: Browser = browser_for(app, world, WHO)

    def ask(self, page: str, number: int) -> Sample:
        """Ask for the page; ``number`` chooses the record."""
        path, form = self.where(page, number)
        with sampled(self.statements, lambda: len(body)) as found:
            response = self.browser.open(path, method="POST" if form else "GET", data=form or None)
            body = response.get_data()
        assert response.status_code == (303 if form else 200), f"{path}: {response.status}"
        return found[0]

    def where(self, page: str, number: int) -> tuple[str, dict[str, str]]:
        """Address and form of the page."""
        if page == "create":
            return "/customers/add", {"name": f"新客户{number}", "code": f"NEW-{number}", "kind": "company"}
        return {
            "list": "/customers/",
            "page 1,000": "/customers/?page=1000",
            "search": f"/customers/?q={SOUGHT}",
            "detail": f"/customers/{number}",
            "form": f"/customers/{number}/edit",
            "choices": f"/customers/choices?q={SOUGHT}",
            "desk": "/",
            "finding": f"/search/?find={SOUGHT}",
            "REST list": "/api/v1/customers/",
        }[page], {}
