"""How many statements each page needs, with sixty nouns more than the product has and many rows in reach of one head of department.

``python -m tests.conformance.statements --url URL --rows N --out FILE`` works in a process of its own, because stored classes can
be declared only once; it expects an empty database.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event
from werkzeug.exceptions import HTTPException

from config.settings import ROOT, Settings
from core.access.permissions import CORE_RESOURCES
from core.application import create_application
from core.database.sessions import Database
from core.operations.branches import branches
from core.operations.demo import make_base
from core.operations.language import catalogues_of, speaking
from core.operations.migrations import upgrade
from core.web.access import need_of
from core.web.nouns import Noun
from core.web.views import RecordView
from tests.conformance.crowd import fill, write_crowd
from tests.world import PASSWORD, Browser, World, browser_for, look_around, program_for

HEAD = "head.east"
OFFICERS = ("admin", "security", "auditor")
NO_QUERY = re.compile(r"\s*(BEGIN|PRAGMA|SAVEPOINT|RELEASE|COMMIT|ROLLBACK)", re.IGNORECASE)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    said: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if not NO_QUERY.match(statement):
            said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


def prepare(url: str, data: Path) -> tuple[Flask, World]:
    """The application with the crowd, its tables, and the people of the demo companies."""
    site = data / "site"
    write_crowd(site)
    sys.path.insert(0, str(site))
    app = create_application(
        Settings(environment="testing", data=data, database_url=url, plugins=ROOT / "plugins", plugins_file=data / "none")
    )
    keguan = app.extensions["keguan"]
    upgrade(keguan.database.engine, branches(keguan.registry))
    with speaking("zh_CN", catalogues_of(keguan.registry)):
        make_base(Database(keguan.database.engine), keguan.registry, PASSWORD, keguan.settings.password_method)
    return app, look_around(keguan)


def measure(app: Flask, world: World, rows: int) -> list[dict[str, Any]]:
    """One line for each page: what was asked, as whom, how many statements and milliseconds, and its status."""
    engine = world.keguan.database.engine
    known = [noun for noun in app.extensions["keguan"].nouns.by_path.values() if noun.plugin != "core"]
    crowd = [noun for noun in known if noun.plugin == "crowd"]
    nouns = [noun for noun in known if noun.plugin != "crowd"] + crowd[::10]  # those of the crowd are all alike
    first = {noun.plugin: noun.path for noun in reversed(nouns)}
    for noun in sorted(nouns, key=lambda one: one.model.__scope__ == "child"):
        fill(engine, world, noun, rows if noun.path == first[noun.plugin] else max(rows // 100, 50))
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    browser, program = browser_for(app, world, HEAD), program_for(app, world, HEAD)
    browser.get("/")  # what is made once per process is made now
    browsers = {HEAD: browser}
    lines = []
    for noun in nouns:
        for verb, address in _pages(noun):
            opener = _opener(world, noun, verb)
            if opener not in browsers:
                browsers[opener] = browser_for(app, world, opener)
                browsers[opener].get("/account/password")  # a fresh session writes its values once
            lines.append(_line(engine, browsers[opener], opener, "page", address, noun.plugin))
    lines += [_line(engine, browser, HEAD, "tab-body", address, plugin) for plugin, address in _tabs(browser, nouns)]
    lines += [_line(engine, browser, HEAD, "page", address, "core") for address in ("/?again", "/search/?find=0000")]
    lines += [_line(engine, program, HEAD, "rest", f"/api/v1/{noun.path}/{which}", noun.plugin) for noun in nouns for which in ("", "1")]
    for officer in (HEAD, *OFFICERS):
        own = browser_for(app, world, officer)
        own.get("/account/password")  # a fresh session writes its values once
        pages = _core_pages(app, world, officer)
        lines += [_line(engine, own, officer, "page", address, "core") for address in pages + _linked_pages(app, own, pages)]
    return lines


def _pages(noun: Noun) -> list[tuple[str, str]]:
    """(right that is needed, address) of the pages of a noun."""
    base = f"/{noun.path}/"
    asked = [
        ("read", address)
        for address in (f"{base}?view={noun.opens_with or 'all'}", f"{base}?page=2", f"{base}?order=id", f"{base}?q=0000", f"{base}1")
    ]
    asked += [("read", f"{base}?owner={{owner}}")] if "owner" in noun.filters else []
    asked += [("read", f"{base}chart?by={name}") for name in noun.filters[:1] + noun.filters[-1:]]
    asked += [("read", f"{base}{shape}") for shape in ("board", "cards", "calendar", "counts")]
    asked += [("create", f"{base}add")] if noun.create else []
    return asked + ([("update", f"{base}1/edit")] if noun.change else [])


def _opener(world: World, noun: Noun, verb: str) -> str:
    """The head of department, or for what a head may not do with this noun the first person who may."""
    return next((name for name in (HEAD, *world.employees) if world.actor(name).may(noun.resource, verb)), HEAD)


def _tabs(browser: Browser, nouns: list[Noun]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for noun in nouns:
        page = browser.get(f"/{noun.path}/1").text
        found += sorted({(noun.plugin, f"/{noun.path}/1?tab={key}") for key in re.findall(r"[?&;]tab=([\w-]+)", page)})
    return found


def _core_pages(app: Flask, world: World, account: str) -> list[str]:
    """Every page of the host without a place in its address that the person may open."""
    actor, found = world.actor(account), []
    declared = {one.name for one in CORE_RESOURCES}
    for rule in app.url_map.iter_rules():
        need, view = need_of(app.view_functions[rule.endpoint])
        if need is None or rule.arguments or "GET" not in (rule.methods or ()) or getattr(view, "plugin", "") != "core":
            continue
        if rule.rule.startswith("/api/") or (isinstance(view, RecordView) and rule.endpoint.endswith(".add") and not view.noun.create):
            continue
        if need.level == "company" or (need.level == "right" and need.resource in declared and actor.may(need.resource, need.verb)):
            found.append(rule.rule)
    return found


def _linked_pages(app: Flask, browser: Browser, pages: list[str]) -> list[str]:
    """Pages of the host that have a place in their address, one of each kind, as the pages before them lead there."""
    places, waiting, found = app.url_map.bind(""), list(pages), dict[str, str]()
    while waiting:
        page = browser.get(waiting.pop())
        for address in re.findall(r'href="([^"]+)"', page.text if page.mimetype == "text/html" else ""):
            path = unescape(address).removeprefix(f"/c/{browser.company}").partition("?")[0]
            try:
                endpoint, values = places.match(path, method="GET")
            except HTTPException:  # another host, or an address that is met by POST alone
                continue
            view = need_of(app.view_functions[endpoint])[1]
            if values and endpoint not in found and getattr(view, "plugin", "") == "core":
                found[endpoint] = path
                waiting.append(path)
    return list(found.values())


def _line(engine: Engine, client: Browser, account: str, kind: str, address: str, plugin: str) -> dict[str, Any]:
    address = address.replace("{owner}", "1")
    headers = {} if kind in ("page", "rest") else {"HX-Request": "true", "HX-Target": kind}
    began = time.perf_counter()
    with counted(engine) as said:
        status = client.get(address, headers=headers).status_code
    took = (time.perf_counter() - began) * 1000
    measured = {"status": status, "statements": len(said), "ms": round(took, 1), "said": said}
    return {"as": account, "kind": kind, "address": address, "plugin": plugin, **measured}


def main() -> None:
    """Measure and write the lines as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app, world = prepare(asked.url, Path(folder))
        lines = measure(app, world, asked.rows)
    asked.out.write_text(json.dumps(lines, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
