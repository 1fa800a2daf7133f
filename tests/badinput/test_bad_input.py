"""Bad input gets one clear sentence in the reader's language and a 4xx, and nothing is changed (issue 2, section 8)."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, MetaData, Table, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from core.access.models import Account
from core.database.fields import Field
from core.web.input import declared_for
from core.web.nouns import Noun
from tests.badinput.clear import unclear
from tests.badinput.wrong import BODIES, FORMS_CANNOT, MISSING, QUERIES, wrong_texts, wrong_types
from tests.conformance.enumerated import NAMES
from tests.conformance.examples import Examples
from tests.conformance.test_typed_again import TYPED, Fields, bare
from tests.evidence import Evidence
from tests.sizes import sized
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
UNPROCESSABLE = 422
FIFTY_MEGABYTES = 50 * 1024 * 1024
LANGUAGES = ("zh_CN", "en")
NOT_BUSINESS = ("core_web_session", "core_read", "alembic_version")
"""Tables that reading and refusing may write."""


TOLD = (
    r'class="kg-empty[^"]*"[^>]*>.*?</h\d><p>(.*?)</p>',  # an error page
    r'class="kg-conflict".*?</div>\s*<p>(.*?)</p>',  # both values of two editors
    r'class="kg-say bad"[^>]*>.*?<div class="kg-grow">(.*?)</div>',  # above a form
    r'class="kg-err" id="[^"]*">.*?<span>(.*?)</span>',  # below a field
)


class Walk:
    """One person sends wrong things to one noun in one language."""

    def __init__(self, examples: Examples, noun: Noun, language: str, evidence: Evidence, clients: tuple[ClientFor, ClientFor]) -> None:
        self.examples, self.noun, self.language, self.evidence = examples, noun, language, evidence
        self._clients, self._good = clients, examples.raw(noun)
        self.browser, self.program = self.of(examples.account(noun))

    def of(self, account: str) -> tuple[Browser, Browser]:
        """Browser and program of the person."""
        return self._clients[0](account), self._clients[1](account)

    def good(self) -> dict[str, Any]:
        """Values that would be accepted; always the same, because what they refer to is made before the walk."""
        return dict(self._good)

    def expect(self, what: str, response: TestResponse, *statuses: int, field: str = "") -> None:
        """The response refuses, with clear sentences, and for ``field`` when one is named."""
        item = f"{self.language} {self.noun.path}: {what}"
        wrong = "" if response.status_code in statuses else f"answered {response.status_code} instead of {statuses}"
        said = sentences(response)
        if not said and not wrong:
            wrong = f"says nothing: {response.text[:200]}"
        wrong = wrong or next((why for sentence in said if (why := unclear(sentence, self.language))), "")
        if not wrong and field and response.is_json and field not in (response.json or {}).get("fields", {}):
            wrong = f"does not name {field}: {response.json}"
        self.evidence.failed(item, wrong, self.noun.plugin) if wrong else self.evidence.refused(item, self.noun.plugin)

    def keeps(self, what: str, response: TestResponse, typed: Mapping[str, str]) -> None:
        """The refused form comes back with all that was typed well: nobody types it again."""
        if response.status_code != UNPROCESSABLE:
            return
        held = Fields(response.text).held
        lost = [name for name, value in typed.items() if bare(held.get(name)) != bare(value)]
        item = f"{self.language} {self.noun.path}: {what} keeps the rest"
        if lost:
            self.evidence.failed(item, "; ".join(f"{name}: {typed[name]!r} became {held.get(name)!r}" for name in lost), self.noun.plugin)
        elif typed:
            self.evidence.positive(item, self.noun.plugin)

    def fields(self) -> Iterator[tuple[str, Field]]:
        """Fields that may be written on creation."""
        yield from declared_for(self.noun, creating=True).items()


def speak(world: World, language: str) -> None:
    """Let everybody read ``language``."""
    with Session(world.keguan.database.engine) as session, session.begin():
        session.execute(update(Account).values(language=language))


def sentences(response: TestResponse) -> list[str]:
    """What a person reads of a refusal: of JSON the message or the sentence of each field, of a page its errors."""
    if response.is_json:
        said = response.json or {}
        return list(said.get("fields", {}).values()) or [said.get("message", "")]
    found = [part for pattern in TOLD for part in re.findall(pattern, response.text, re.DOTALL)]
    texts = [html.unescape(re.sub(r"<[^>]+>", " ", part)) for part in found]
    return [" ".join(text.split()) for text in texts if text.strip()]


def wrong_values_in_rest(walk: Walk) -> None:
    """Each field of the noun gets each wrong value, on creation and on change."""
    record_id = walk.examples.one(walk.noun)
    version = walk.examples.version(walk.noun, record_id)
    base = f"/api/v1/{walk.noun.path}/"
    good = walk.good()
    changing = declared_for(walk.noun, creating=False) if walk.noun.change else {}
    for name, field in walk.fields():
        for what, value in (*wrong_texts(field), *wrong_types(field)):
            walk.expect(
                f"POST {name} {what}",
                walk.program.post(base, json={**good, name: value}),
                *allowed(field, what),
                field=named(field, what, name),
            )
            if name in changing:
                answer = walk.program.put(f"{base}{record_id}", json={name: value, "version": version})
                walk.expect(f"PUT {name} {what}", answer, *allowed(field, what), field=named(field, what, name))


def allowed(field: Field, what: str) -> tuple[int, ...]:
    """A reference that may not be seen answers like one that does not exist; everything else cannot be accepted."""
    return (404, 422) if field.kind == "reference" and what == "missing" else (422,)


def named(field: Field, what: str, name: str) -> str:
    return "" if field.kind == "reference" and what == "missing" else name


def wrong_values_in_forms(walk: Walk) -> None:
    """The same in forms; the form comes back with everything else as it was typed."""
    record_id = walk.examples.one(walk.noun)
    version = str(walk.examples.version(walk.noun, record_id))
    good = {name: str(value or "") for name, value in walk.good().items() if not isinstance(value, list)}
    creating, changing = dict(walk.fields()), declared_for(walk.noun, creating=False) if walk.noun.change else {}
    edit = f"/{walk.noun.path}/{record_id}/edit"
    offered = Fields(walk.browser.get(edit).text).held if changing else {}
    typed = {name: field for name, field in changing.items() if name in offered}  # what is settled cannot be typed again
    for name, field in creating.items():
        for what, value in wrong_texts(field):
            if field.kind in FORMS_CANNOT or what == "a lone surrogate":  # a browser cannot send it
                continue
            answer = walk.browser.post(f"/{walk.noun.path}/add", data={**good, name: value})
            walk.expect(f"add {name} {what}", answer, *allowed(field, what))
            walk.keeps(f"add {name} {what}", answer, typed_well(good, creating, name))
            if name in changing:
                rest = typed_well(good, typed, name)
                answer = walk.browser.post(edit, data={**rest, name: value, "version": version})
                walk.expect(f"edit {name} {what}", answer, *allowed(field, what))
                walk.keeps(f"edit {name} {what}", answer, rest)


def typed_well(good: Mapping[str, str], declared: Mapping[str, Field], but: str) -> dict[str, str]:
    """What somebody types into the fields of a form, all but the wrong one."""
    return {name: value for name, value in good.items() if name in declared and name != but and declared[name].kind in TYPED}


def wrong_queries(walk: Walk) -> None:
    """Lists asked for what they do not offer, in REST and, but for Rison, on the page."""
    date_filters = [name for name in walk.noun.filters if walk.noun.fields[name].kind in ("date", "moment")]
    own = [f"{name}_from=2026-02-31" for name in date_filters] + [f"{name}_to=0001-01-01" for name in date_filters]
    own += [f"{name}=nope" for name in walk.noun.filters if walk.noun.fields[name].kind in ("choice", "reference", "integer")]
    for query in (*QUERIES, *own):
        walk.expect(f"REST ?{query}", walk.program.get(f"/api/v1/{walk.noun.path}/?{query}"), 400)
        if not query.startswith("q="):
            walk.expect(f"page ?{query}", walk.browser.get(f"/{walk.noun.path}/?{query}"), 400)
    for query in ("q=%00", "q=%ED%A0%80", "q=a%00b"):
        for answer in (walk.program.get(f"/api/v1/{walk.noun.path}/?{query}"), walk.browser.get(f"/{walk.noun.path}/?{query}")):
            if answer.status_code != 200:
                walk.expect(f"?{query}", answer, 400)
            else:
                walk.evidence.positive(f"{walk.language} {walk.noun.path}: ?{query} finds nothing bad", walk.noun.plugin)


def wrong_requests(walk: Walk) -> None:
    """Broken bodies, unknown fields, missing and stale versions, ids and verbs that do not exist."""
    record_id = walk.examples.one(walk.noun)
    base = f"/api/v1/{walk.noun.path}/"
    good = walk.good()
    for what, body in BODIES.items():
        walk.expect(f"POST {what}", walk.program.post(base, data=body, content_type="application/json"), 400)
    walk.expect("POST unknown field", walk.program.post(base, json={**good, "no_such_field": 1}), 422, field="no_such_field")
    walk.expect("POST company", walk.program.post(base, json={**good, "company_id": 2}), 422, field="company_id")
    if walk.noun.change is not None:
        name, value = next(
            (name, value) for name, value in good.items() if isinstance(value, str) and name in declared_for(walk.noun, creating=False)
        )
        for version in (None, -1, "x", True, 2**40):
            walk.expect(
                f"PUT version {version}",
                walk.program.put(f"{base}{record_id}", json={name: value, "version": version}),
                422,
                field="version",
            )
        walk.expect("PUT stale", walk.program.put(f"{base}{record_id}", json={name: value, "version": 999}), 409)
        walk.expect("edit stale", walk.browser.post(f"/{walk.noun.path}/{record_id}/edit", data={name: value, "version": "999"}), 409)
    for address in (f"{base}{MISSING}", f"{base}0", f"{base}{2**63}", f"{base}-1", f"{base}abc"):
        walk.expect(f"GET {address}", walk.program.get(address), 404)
        walk.expect(f"page {address}", walk.browser.get(address.removeprefix("/api/v1")), 404)
    walk.expect("an unknown verb", walk.program.post(f"{base}{record_id}/explode", json={"version": 1}), 404)
    walk.expect("an unknown company", walk.program.get(base, company=None, headers={"X-Keguan-Company": "nowhere"}), 404)
    walk.expect("an unknown company in the path", walk.browser.get(f"/c/nowhere/{walk.noun.path}/"), 404)
    walk.expect("an unknown module", walk.browser.get("/no-such-module/"), 404)
    walk.expect("a method that is not offered", walk.program.delete(base), 404, 405)
    walk.expect("50 MB", too_much(walk), 413)


def too_much(walk: Walk) -> TestResponse:
    """An upload that says it has 50 MB; the answer must come before anybody reads them."""
    announced = {"CONTENT_LENGTH": str(FIFTY_MEGABYTES), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    return walk.browser.post(f"/{walk.noun.path}/add", input_stream=BytesIO(b"--x\r\n"), environ_overrides=announced)


def illegal_transitions(walk: Walk) -> None:
    """Each verb that is not possible now; each possible one with a stale version and with what it does not ask for."""
    record_id = walk.examples.one(walk.noun)
    for act in walk.noun.acts:
        account = walk.examples.account(walk.noun, act.right)
        _, program = walk.of(account)
        address = f"/api/v1/{walk.noun.path}/{record_id}/{act.verb}"
        asked = {field.name: walk.examples.value(walk.noun, field) for field in act.asks}
        version = walk.examples.version(walk.noun, record_id)
        with walk.examples.world.reading(account) as session:
            possible = act.why_not is None or act.why_not(session.get(walk.noun.model, record_id)) is None
        if not possible:
            walk.expect(f"{act.verb} when it is not possible", program.post(address, json={**asked, "version": version}), 403, 409, 422)
        else:
            walk.expect(f"{act.verb} stale", program.post(address, json={**asked, "version": 999}), 409)
            walk.expect(f"{act.verb} with what it does not ask for", program.post(address, json={"nope": 1, "version": version}), 422)
        for field in act.asks:
            for what, value in (*wrong_texts(field), *wrong_types(field)):
                answer = program.post(address, json={**asked, field.name: value, "version": version})
                walk.expect(f"{act.verb} {field.name} {what}", answer, *allowed(field, what), *(() if possible else (403, 409)))


WALKS = (wrong_values_in_rest, wrong_values_in_forms, wrong_queries, wrong_requests, illegal_transitions)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.evidence("badinput-{language}-{database_kind}")
def test_bad_input_is_refused_in_clear_sentences_and_changes_nothing(
    application: Flask, world: World, client_for: ClientFor, token_client_for: ClientFor, database_kind: str, language: str
) -> None:
    nouns = _nouns_of_plugins(application)
    examples = Examples(world, application.extensions["keguan"].nouns)
    evidence = Evidence(f"badinput-{language}-{database_kind}", NAMES, shares=False)
    for noun in nouns:
        examples.one(noun)
    speak(world, language)
    first, step = LANGUAGES.index(language), 2 if database_kind == "sqlite" else 3  # CI asks each noun in one language, on SQLite
    part = nouns[sized(first, 0) :: sized(step, 1)]
    walks = [Walk(examples, noun, language, evidence, (client_for, token_client_for)) for noun in part]
    before = business(world)
    for walk in walks:
        for part in WALKS:
            part(walk)
    after = business(world)
    if changed := sorted(table for table in before if before[table] != after[table]):
        evidence.failed("nothing is changed", f"rows changed in {', '.join(changed)}")
    evidence.close()


def _nouns_of_plugins(application: Flask) -> list[Noun]:
    """What can be made by form and by REST; the host's few pages have no REST and tests of their own."""
    return [noun for noun in application.extensions["keguan"].nouns.by_path.values() if noun.create is not None and noun.plugin != "core"]


def business(world: World) -> dict[str, list[Any]]:
    """Every row of every table that a refusal must not touch."""
    engine = world.keguan.database.engine
    with engine.connect() as connection:
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in business_tables(engine)}


@cache
def business_tables(engine: Engine) -> list[Table]:
    """The tables, looked up once: no test changes which there are."""
    metadata = MetaData()
    metadata.reflect(engine)
    return [table for table in metadata.sorted_tables if not table.name.startswith(NOT_BUSINESS)]


@pytest.mark.parametrize("text", ["𠮷野家", "😀 satisfied", "e\u0301tude", "a\u200db"])
def test_characters_beyond_the_basic_plane_are_accepted(
    application: Flask, world: World, token_client_for: ClientFor, client_for: ClientFor, text: str
) -> None:
    """Rare Chinese names and emoji are text like any other."""
    examples = Examples(world, application.extensions["keguan"].nouns)
    for noun in _nouns_of_plugins(application):
        account = examples.account(noun)
        declared = declared_for(noun, creating=True)
        name = next((name for name, field in declared.items() if field.kind in ("text", "long_text") and field.required), None)
        if name is None:
            continue
        made = token_client_for(account).post(f"/api/v1/{noun.path}/", json={**examples.raw(noun, whole=False), name: text})
        assert made.status_code == 201, made.text
        assert made.json["result"][name] == unicodedata.normalize("NFC", text)
        page = client_for(account).get(f"/{noun.path}/{made.json['id']}")
        assert html.escape(unicodedata.normalize("NFC", text)) in page.text
