"""What a role is denied of a field reaches it through no channel; what it is not denied is still there (R-442, security.md A5).

For every role and every kind of record, half of its fields are covered and asked for in every channel, then the other half: each of them
hidden or masked, as chance has it, and some of the rest given to read alone. Texts are found by their canaries, whatever page they stand
on; other values by their place in REST, and on pages by what differs when nothing else does (:mod:`tests.isolation.told_apart`). CI takes
the first role that sees a kind of record, one of the two levels, and two worlds in one round of four; ``make prove`` every preset of a
role, and all of it. Channels: list, page, history, timeline, form, choices, notices, sheets for the printer, export, import, REST (one,
many, filter, order, search, write, echo), and for writing the form, in place, many at once and REST. On pages of other kinds of record
(:mod:`tests.isolation.elsewhere`) nothing of a hidden field stands either; of those each page counts once.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, replace
from random import Random
from unittest.mock import patch

import prison
import pytest
from sqlalchemy import select

from core.access.field_roles import restrictable_fields
from core.access.joining import resource_of
from core.access.models import EmployeeRole, FieldGrant, Role
from core.access.roles import create_role
from core.database.changes import clean_values
from core.database.fields import fields_of
from core.database.records import NAMING
from core.exports.cells import portions
from core.exports.leaving import exported
from core.exports.operations import open_fields, request_export
from core.exports.sources import all_sources
from core.exports.states import ExportFormat
from core.exports.terms import Wish
from core.extension.rights import EXPORT
from core.kernel.acting import Actor, System, acting_as, actor
from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.switchboard.actors import resolve_actor
from core.web import printing
from core.web.doors import FORM, door_of
from core.work.notices import notify
from tests.evidence import Evidence
from tests.isolation.building import unwritten
from tests.isolation.callers import Answer, Callers
from tests.isolation.covered import Asked, rounds
from tests.isolation.elsewhere import elsewhere
from tests.isolation.field_writes import DOORS, Writing
from tests.isolation.sending import change
from tests.isolation.told_apart import FOUND, OF_MANY, PAGES, Apart, difference
from tests.sizes import sized

MUST_ANSWER = ("detail", "history", "timeline", "list")
MANY = ("list", "choices")
TWICE = ("detail", "history", "form", "list")


@pytest.mark.requirement("R-053")
@pytest.mark.requirement("R-442")
@pytest.mark.evidence("field-rights-{database_kind}")
def test_a_hidden_field_reaches_nobody_through_any_channel(callers: Callers, database_kind: str) -> None:
    evidence = Evidence(f"field-rights-{database_kind}", callers.keguan.registry.names)
    for asked in rounds(callers):
        callers.by_session(asked.person)  # signed in before what is taken back, else every later page would only ask for the password
        with unwritten(callers.database):
            if asked.lent:
                _lend(asked)
            _hide(asked)
            _judge_pages(asked, evidence)
            _judge_rest(asked, evidence)
            _judge_questions(asked, evidence)
            _judge_echo(asked, evidence)
            _judge_export(asked, evidence)
            _judge_notices(asked, evidence)
            _judge_print(asked, evidence)
            _judge_import(asked, evidence)
            _judge_writes(asked, evidence)
    let = {door for door in DOORS if any(f" write {door} free" in item for item, _, outcome in evidence.items if outcome == "positive")}
    assert let == set(DOORS), "a door that lets nobody write proves nothing"
    seen = {kind for kind in FOUND if any(f"({kind})" in item for item, _, outcome in evidence.items if outcome == "positive")}
    assert seen == FOUND.keys(), "a kind of value that no page shows to anybody proves nothing"
    evidence.close()


def _hide(asked: Asked) -> None:
    """Take the fields from the role, and from the others that the person has."""
    company = asked.callers.house.ids[f"core_company:{asked.person.slug}"]
    with acting_as(System("field rights of the tests", company)), asked.callers.database.transaction() as session:
        for role in session.scalars(select(Role).where(Role.preset.in_(asked.person.roles), Role.company_id == company)):
            session.add_all(
                FieldGrant(
                    company_id=company,
                    role_id=role.id,
                    resource=resource_of(asked.noun.model),
                    table_name=asked.noun.model.__tablename__,
                    field=name,
                    access=asked.level(name),
                )
                for name in sorted((asked.hidden - asked.always) | asked.fixed)
            )


def _lend(asked: Asked) -> None:
    """Give the person the role of the round in place of the own ones."""
    house, database = asked.callers.house, asked.callers.database
    company, employee = house.ids[f"core_company:{asked.person.slug}"], house.ids[f"core_employee:{asked.person.key}"]
    with acting_as(System("a role of the tests", company)), database.transaction() as session:
        role = session.scalars(select(Role).where(Role.preset == asked.role, Role.company_id == company)).one_or_none()
        role = role or create_role(session, asked.callers.keguan.registry, "", preset=asked.role)
        for link in session.scalars(select(EmployeeRole).where(EmployeeRole.employee_id == employee)):
            session.delete(link)
        session.add(EmployeeRole(company_id=company, employee_id=employee, role_id=role.id))


def _judge_pages(asked: Asked, evidence: Evidence) -> None:
    """Pages: nothing of a hidden field anywhere, of whatever kind its value is, and the others on the record's own page."""
    apart = Apart(asked)
    others = elsewhere(asked)
    pages = {**PAGES, **{name: OF_MANY[name] for name in sized(MANY, OF_MANY)}, **others}
    answers = apart.told(pages)
    for channel, answer in answers.items():
        if answer.status >= 500 or (answer.status != 200 and channel in MUST_ANSWER):
            evidence.failed(asked.item(channel, "*"), f"answered {answer.status}", asked.noun.plugin)
        _judge_texts(asked, evidence, channel, answer, others)
        for kind in sorted(apart.found(answer)):
            evidence.positive(asked.item(channel, f"({kind})"), asked.noun.plugin)
    if not apart.gone or not sized(_tried(asked), True):
        return
    for channel, other in apart.told({name: pages[name] for name in sized((*TWICE, *others), pages)}, turned=True).items():
        if wrong := difference(answers[channel], other):
            evidence.failed(asked.item(channel, "*"), f"one of {sorted(apart.gone)} tells itself: {wrong}", asked.noun.plugin)
        if channel in others:
            evidence.neutral(asked.item(channel, "(two worlds)"), asked.noun.plugin)
            continue
        for name in sorted(apart.gone):
            evidence.refused(asked.item(f"{channel} of {asked.noun.fields[name].kind}", name), asked.noun.plugin)


def _tried(asked: Asked) -> bool:
    """Whether CI looks at two worlds in this round: in one of four."""
    return Random(f"453 {asked.noun.path} {min(asked.gone | {'-'})} {len(asked.gone)}").random() < 0.25


def _judge_texts(asked: Asked, evidence: Evidence, channel: str, answer: Answer, others: Collection[str]) -> None:
    """No canary of a hidden field, and those of the others where they are not masked by default."""
    told = asked.told(answer)
    for name in sorted(asked.hidden & set(asked.callers.house.texts.get(asked.thing.key, {}))):
        if name in told:
            evidence.failed(asked.item(channel, name), "the page tells it", asked.noun.plugin)
        elif channel not in others:
            evidence.refused(asked.item(channel, name), asked.noun.plugin)
    for name in sorted(asked.canaries(answer) - asked.hidden):
        if name in asked.veiled and channel in MANY:
            evidence.failed(asked.item(channel, name), "masked by default, it stands open", asked.noun.plugin)
        else:
            evidence.positive(asked.item(channel, name), asked.noun.plugin)


def _judge_rest(asked: Asked, evidence: Evidence) -> None:
    """REST: hidden fields are not in the answers, all the others are, the masked ones under their mask."""
    if asked.noun.plugin == "core":
        return  # the host's own records have no REST
    caller, base = asked.callers.by_token(asked.person), f"/api/v1/{asked.noun.path}/"
    alone = caller.ask("GET", f"{base}{asked.callers.house.ids[asked.thing.key]}")
    many = caller.ask("GET", f"{base}?size=100")
    for channel, answer in (("REST record", alone), ("REST list", many)):
        if answer.status != 200:
            evidence.failed(asked.item(channel, "*"), f"answered {answer.status}", asked.noun.plugin)
            continue
        rows = [answer.json["result"]] if channel == "REST record" else answer.json["result"]
        for name in asked.noun.fields:
            if name in asked.masked and name in asked.told(answer):
                evidence.failed(asked.item(channel, name), "stands open", asked.noun.plugin)
                continue
            there = any(name in row for row in rows) or name in asked.told(answer)
            _keep(asked, evidence, channel, name, there=there, but=asked.gone)


def _keep(asked: Asked, evidence: Evidence, channel: str, name: str, *, there: bool, but: frozenset[str]) -> None:
    """The field is there unless it is one of ``but``."""
    if there == (name in but):
        evidence.failed(asked.item(channel, name), "is told" if there else "is missing", asked.noun.plugin)
    elif there and name not in asked.hidden:
        evidence.positive(asked.item(channel, name), asked.noun.plugin)
    else:
        evidence.refused(f"{asked.item(channel, name)}{' masked' if there else ''}", asked.noun.plugin)


def _judge_questions(asked: Asked, evidence: Evidence) -> None:
    """Filter, order and search: the rows that come would tell what the field holds."""
    if asked.noun.plugin == "core":
        return
    caller, base = asked.callers.by_token(asked.person), f"/api/v1/{asked.noun.path}/"
    info = caller.ask("GET", f"{base}_info").json
    for name in asked.noun.filters:
        _keep(asked, evidence, "filter offered", name, there=name in info["filters"], but=asked.hidden)
    for name, declared in asked.noun.fields.items():
        if declared.sortable:
            _refusal(asked, evidence, "order", name, caller.ask("GET", f"{base}?order={name}"))
        if declared.searchable and name in asked.hidden:
            query = prison.dumps({"filters": [{"col": name, "opr": "ct", "value": "anything"}]})
            _refusal(asked, evidence, "search", name, caller.ask("GET", f"{base}?q={query}"))
        if name in asked.noun.filters and name in asked.hidden and declared.kind not in ("date", "moment"):
            value = "1" if declared.choices is None else str(next(iter(declared.choices)).value)
            _refusal(asked, evidence, "filter", name, caller.ask("GET", f"{base}?{name}={value}"))


def _refusal(asked: Asked, evidence: Evidence, channel: str, name: str, answer: Answer) -> None:
    if answer.status != (400 if name in asked.hidden else 200):
        evidence.failed(asked.item(channel, name), f"answered {answer.status}", asked.noun.plugin)
    elif name in asked.hidden:
        evidence.refused(asked.item(channel, name), asked.noun.plugin)
    else:
        evidence.positive(asked.item(channel, name), asked.noun.plugin)


def _judge_echo(asked: Asked, evidence: Evidence) -> None:
    """A write of a hidden field is refused, and the answer to any write does not tell it."""
    if asked.noun.change is None or asked.noun.plugin == "core":
        return
    caller = asked.callers.by_token(asked.person)
    path = f"/api/v1/{asked.noun.path}/{asked.callers.house.ids[asked.thing.key]}"
    for name, value in change(asked.noun).items():
        answer = caller.ask("PUT", path, sent={"version": 1, name: value})
        if told := asked.told(answer):
            evidence.failed(asked.item("echo", name), f"tells {sorted(told)}", asked.noun.plugin)
        elif name in asked.hidden and answer.status == 200:
            evidence.failed(asked.item("write", name), "is written", asked.noun.plugin)
        elif name in asked.hidden:
            evidence.refused(asked.item("write", name), asked.noun.plugin)
        else:
            evidence.neutral(asked.item("echo", name), asked.noun.plugin)


def _who(asked: Asked) -> Actor:
    """The person of now, who may export whatever he or she reads."""
    company = asked.callers.house.ids[f"core_company:{asked.person.slug}"]
    found = resolve_actor(asked.callers.database.identity(), asked.callers.house.users[asked.person.account], company)
    assert found is not None
    resource = resource_of(asked.noun.model)
    return replace(found, grants={**found.grants, (resource, EXPORT): found.scopes(resource, "read")})


def _judge_export(asked: Asked, evidence: Evidence) -> None:
    """The gate offers no column of a hidden field, refuses one that is asked for, and no cell of the others tells it."""
    source = all_sources().get(asked.noun.path)
    if source is None:
        assert asked.noun.plugin == "core", f"{asked.noun.path} has no source"
        return
    with acting_as(_who(asked)):
        session = asked.callers.database.session()
        columns = open_fields(source, actor())
        for name in asked.noun.fields:
            _keep(asked, evidence, "export column", name, there=name in columns, but=asked.gone)
        for name in sorted(asked.gone):
            try:
                request_export(session, Wish(source.key, "供对账使用", ExportFormat.CSV, columns=(name,)))
            except BadInput:
                evidence.refused(asked.item("export asked", name), asked.noun.plugin)
            else:
                evidence.failed(asked.item("export asked", name), "is let out", asked.noun.plugin)
        said = portions(session, source, exported(session, source, ()), list(columns))
        answer = Answer(200, "\n".join(str(cell) for part in said for column in part for cell in column), ())
        asked.callers.database.release()
    _told_or_not(asked, evidence, "export", answer)


def _told_or_not(asked: Asked, evidence: Evidence, channel: str, answer: Answer) -> None:
    told = asked.told(answer)
    for name in sorted(asked.hidden & set(asked.callers.house.texts.get(asked.thing.key, {}))):
        if name in told:
            evidence.failed(asked.item(channel, name), "tells it", asked.noun.plugin)
        else:
            evidence.refused(asked.item(channel, name), asked.noun.plugin)
    for name in sorted(asked.canaries(answer) - asked.hidden):
        if name in asked.veiled:
            evidence.failed(asked.item(channel, name), "masked by default, it leaves open", asked.noun.plugin)
        else:
            evidence.positive(asked.item(channel, name), asked.noun.plugin)


def _judge_notices(asked: Asked, evidence: Evidence) -> None:
    """A notice that was written when the field was open says no more than the reader may know today."""
    texts = asked.callers.house.texts.get(asked.thing.key, {})
    name = next((one for one in NAMING if one in texts), None)
    if name is None:
        return
    house = asked.callers.house
    company, employee = house.ids[f"core_company:{asked.person.slug}"], house.ids[f"core_employee:{asked.person.key}"]
    with acting_as(System("a notice", company)), asked.callers.database.transaction() as session:
        notify(
            session, employee, msg("“%(title)s” has been approved.", title=texts[name]), f"/{asked.noun.path}/{house.ids[asked.thing.key]}"
        )
    answer = asked.callers.by_session(asked.person).ask("GET", "/notices/")
    assert answer.status == 200
    there = texts[name] in answer.text
    if there == bool(asked.hidden.intersection(NAMING)):  # whoever lacks one part of what a record is called reads no name at all
        evidence.failed(asked.item("notice", name), "is told" if there else "is missing", asked.noun.plugin)
    elif there:
        evidence.positive(asked.item("notice", name), asked.noun.plugin)
    else:
        evidence.refused(asked.item("notice", name), asked.noun.plugin)


def _judge_print(asked: Asked, evidence: Evidence) -> None:
    """Papers: the form of the record, and every sheet about a customer. What would be set is looked at: a PDF tells no text."""
    house, caller = asked.callers.house, asked.callers.by_session(asked.person)
    customers = sorted(house.seen(asked.person, "customers_customer"))
    with patch.object(printing, "typeset", lambda form: json.dumps(asdict(form), ensure_ascii=False).encode()):
        for rule in asked.callers.application.url_map.iter_rules():
            if door_of(asked.callers.application.view_functions[rule.endpoint]) != FORM:
                continue
            if not rule.arguments and customers:
                about = {"customer": house.ids[customers[0]], "reason": "As agreed with the customer"}
                _told_or_not(asked, evidence, f"print {rule.rule}", caller.ask("POST", rule.rule, form=about))
            elif rule.rule.startswith(f"/{asked.noun.path}/"):
                path = f"/{asked.noun.path}/{house.ids[asked.thing.key]}/form"
                _told_or_not(asked, evidence, "print", caller.ask("POST", path, form={"reason": "As agreed with the customer"}))


def _judge_import(asked: Asked, evidence: Evidence) -> None:
    """Files are written by the same function for every noun, which takes no field that the role may not write."""
    written = [name for name in asked.noun.written if name in fields_of(asked.noun.model)]
    denied = asked.hidden | asked.fixed
    with acting_as(_who(asked)):
        for name in written:
            try:
                clean_values(asked.noun.model, {name: None}, partial=True)
                let = True
            except BadInput as error:
                let = "Your role cannot edit this field" not in str(error.fields.get(name, ""))
            if name in denied and let:
                evidence.failed(asked.item("import", name), "is written", asked.noun.plugin)
            elif name in denied:
                evidence.refused(asked.item("import", name), asked.noun.plugin)
            elif let:
                evidence.positive(asked.item("import", name), asked.noun.plugin)


def _judge_writes(asked: Asked, evidence: Evidence) -> None:
    """By each door that writes: what is hidden, masked or given to read alone is as it was; what nobody speaks of is written."""
    house = asked.callers.house
    if asked.noun.change is None or not house.reference.may(asked.person, asked.noun.resource, "update"):
        return
    near = sorted(house.seen(asked.person, asked.noun.model.__tablename__, "update"))
    if not near:
        return
    thing = asked.thing if asked.thing.key in near else house.things[near[0]]
    written = [name for name in asked.noun.written if name in fields_of(asked.noun.model)]
    chance = Random(f"053 {asked.noun.path}")
    denied = [name for name in written if name in (asked.hidden | asked.fixed)]
    tried = sorted(chance.sample(denied, min(len(denied), sized(3, len(denied)))))
    free = [name for name in written if name not in denied]
    writing = Writing(asked.callers, asked.person, asked.noun, thing, evidence, asked.role)
    writing.judge({name: asked.level(name).value for name in tried}, free[: sized(3, len(free))])


@pytest.mark.requirement("R-442")
def test_every_field_of_every_plugin_can_be_restricted(callers: Callers) -> None:
    known = restrictable_fields()
    for noun in callers.application.extensions["keguan"].nouns.by_path.values():
        if noun.plugin != "core":
            missing = [name for name in noun.fields if (noun.model.__tablename__, name) not in known]
            assert not missing, f"{noun.path}: {missing}"
