"""Every noun with key fields, by every door: where the company wants an approval, no value changes without one (R-164, R-354).

Found in the registry, so that a new plugin is walked as soon as it is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.reasons import key_fields
from core.approvals import operations as do
from core.approvals.chains import chain_of
from core.approvals.key_changes import column_of, kind_for
from core.approvals.models import ApprovalCase, CaseState
from core.audit.models import AuditRow
from core.audit.trail import plain
from core.extension.approving import ApprovalKind, Asked, Step, Who
from core.kernel.errors import KeguanError
from core.kernel.words import Message
from core.web.bulk.offering import fields_for_many
from core.web.input import read_json
from core.web.nouns import Noun
from core.web.showing import typed_value
from tests.conformance.examples import Examples
from tests.evidence import Evidence
from tests.sizes import WHOLE
from tests.world import World, browser_for, program_for

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


class Undo(Exception):
    """Ends a try whose change shall not stay."""


@dataclass(frozen=True)
class Ready:
    """A record of a noun with a new value for one key field that its verb takes: as the verb takes it, as typed, and as stored."""

    noun: Noun
    kind: ApprovalKind
    record_id: int
    account: str
    name: str
    value: Any
    json: Any
    typed: str

    @property
    def column(self) -> str:
        return column_of(self.noun.fields[self.name], self.name)


def changed_nouns(examples: Examples) -> list[Noun]:
    """Nouns of plugins with key fields that their verb changes."""
    return [
        noun
        for noun in examples.nouns.by_path.values()
        if noun.plugin != "core" and noun.create is not None and noun.change is not None and set(key_fields(noun.model)) & set(noun.written)
    ]


def made_ready(examples: Examples, second: Examples, noun: Noun, *, many: bool = False, only: str = "") -> Ready | None:
    """A fresh record and a change of a key field (``only`` this one, or one that ``many`` records may be given) that works while no chain
    is set."""
    kind = kind_for(noun.model)
    assert kind is not None, f"{noun.path} has key fields, but no kind of approval"
    names = [name for name in key_fields(noun.model) if name in noun.written and only in ("", name)]
    if many:
        with examples.world.act(examples.account(noun, "update")):
            names = [name for name in names if name in fields_for_many(noun)]
    record_id = examples.fresh(noun) if names else 0
    for name in sorted(names, key=lambda one: (noun.fields[one].kind != "text", noun.fields[one].kind in ("reference", "choice"))):
        for account in people_of(examples, noun):
            for raw in candidates(examples, second, noun, name):
                if (ready := tried(examples, noun, kind, record_id, account, name, raw)) is not None:
                    return ready
    return None


def people_of(examples: Examples, noun: Noun) -> list[str]:
    able, first = examples.able(noun, "update"), examples.account(noun, "update")
    return [first, *(name for name in able if name != first)][:3]


def candidates(examples: Examples, second: Examples, noun: Noun, name: str) -> Iterator[Any]:
    declared = noun.fields[name]
    if declared.choices is not None:
        yield from (str(one.value) for one in declared.choices)
    elif declared.kind == "flag":
        yield from (True, False)
    elif declared.kind != "reference":
        examples.next_number()
        yield from filter(None, (second.own_value(noun, name), examples.value(noun, declared)))


def tried(examples: Examples, noun: Noun, kind: ApprovalKind, record_id: int, account: str, name: str, raw: Any) -> Ready | None:
    """The change if the verb takes it and the value is another then; nothing is left of the try."""
    column = column_of(noun.fields[name], name)
    with examples.world.act(account):
        try:
            values = read_json(noun, {name: raw}, creating=False)
        except KeguanError:
            return None
    found: list[Any] = []
    try:
        with examples.world.use_case(account) as session:
            record = session.get(noun.model, record_id)
            if record is None:
                return None
            before = getattr(record, column)
            assert noun.change is not None
            noun.change(session, record_id, record.version, values)
            session.flush()
            found += [before, getattr(session.get(noun.model, record_id), column)]
            raise Undo
    except (Undo, KeguanError):
        pass
    if len(found) != 2 or found[0] == found[1]:
        return None
    return Ready(noun, kind, record_id, account, name, values[name], raw, typed_value(noun.fields[name], values[name]))


def set_chain(world: World, kind: ApprovalKind, *asked: Asked) -> None:
    steps = [Step(Message("审批"), asked)] if asked else []
    with world.use_case("security") as session:
        do.set_chain(session, kind.name, chain_of(session, kind).number, steps)


def deciders(world: World, account: str) -> list[Asked]:
    """Two of the company of whom at least one is somebody else."""
    company = world.employees[account].company_id
    people = [one for one in ("leader", "head.east", "head.west") if world.employees[one].company_id == company and one != account]
    return [Asked(Who.PERSON, employee_id=world.employees[one].id) for one in people]


class Walk:
    """The doors of one record, each tried on its own while the chain is set."""

    def __init__(self, world: World, application: Flask, ready: Ready) -> None:
        self.world, self.ready = world, ready
        self.noun, self.path = ready.noun, f"/{ready.noun.path}"
        self.browser = browser_for(application, world, ready.account)
        self.program = program_for(application, world, ready.account)

    def stored(self) -> Any:
        with Session(self.world.keguan.database.engine) as session:
            return plain(getattr(session.get_one(self.noun.model, self.ready.record_id), self.ready.column))

    def version(self) -> str:
        with Session(self.world.keguan.database.engine) as session:
            return str(session.get_one(self.noun.model, self.ready.record_id).version)

    def cases(self) -> list[ApprovalCase]:
        with Session(self.world.keguan.database.engine) as session:
            mine = (ApprovalCase.kind == self.ready.kind.name, ApprovalCase.record_id == self.ready.record_id)
            return list(session.scalars(select(ApprovalCase).where(*mine, ApprovalCase.state == CaseState.RUNNING)))

    def withdraw(self) -> None:
        for case in self.cases():
            with self.world.use_case(self.ready.account) as session:
                do.withdraw(session, case.id)

    def form(self) -> Any:
        return self.browser.post(
            f"{self.path}/{self.ready.record_id}/edit",
            data={"version": self.version(), self.ready.name: self.ready.typed, f"{self.ready.name}-shown": "1", "change_reason": "更正"},
        )

    def inline(self) -> Any:
        return self.browser.post(
            f"{self.path}/{self.ready.record_id}/field/{self.ready.name}",
            data={"version": self.version(), self.ready.name: self.ready.typed, f"{self.ready.name}-shown": "1", "change_reason": "更正"},
        )

    def put(self) -> Any:
        return self.program.put(
            f"/api/v1{self.path}/{self.ready.record_id}",
            json={"version": self.version(), self.ready.name: self.ready.json, "change_reason": "更正"},
        )

    def newest(self) -> AuditRow:
        """The last row of the record."""
        with Session(self.world.keguan.database.engine) as session:
            mine = (AuditRow.table_name == self.noun.model.__tablename__, AuditRow.record_id == self.ready.record_id)
            return session.scalars(select(AuditRow).where(*mine).order_by(AuditRow.id.desc()).limit(1)).one()

    def rest(self) -> Any:
        answer = self.put()
        assert answer.status_code == 202, (self.path, answer.status_code, answer.text)
        assert answer.json["approval"]["id"] == self.cases()[0].id
        return answer

    def bulk(self) -> Any:
        picks = [{"id": self.ready.record_id, "version": int(self.version())}]
        answer = self.program.post(
            f"/api/v1{self.path}/bulk/change",
            json={"records": picks, "values": {self.ready.name: self.ready.json}, "change_reason": "更正"},
        )
        assert answer.json["result"]["counts"]["asked"] == 1, (self.path, answer.text)
        return answer

    def restore(self, row: AuditRow) -> Any:
        return self.browser.post(
            f"{self.path}/{self.ready.record_id}/restore", data={"row": str(row.id), "version": self.version(), "change_reason": "恢复"}
        )


AGREED = ("discount", "settlement", "payment_terms", "star_grade")
"""What was agreed with a customer, and how important he is: in CI these are given back beside the first key field of each noun."""


@pytest.mark.requirement("R-164", "R-354")
@pytest.mark.evidence("key-changes")
def test_no_door_of_any_noun_changes_a_key_field_without_the_approval(application: Flask, world: World) -> None:
    evidence = Evidence("key-changes")
    examples = Examples(world, application.extensions["keguan"].nouns)
    second = Examples(world, examples.nouns, numbered_from=500)
    nouns = changed_nouns(examples)
    found = {noun.path: made_ready(examples, second, noun) for noun in nouns}
    several = {noun.path: made_ready(examples, second, noun, many=True) for noun in nouns}
    others = [
        made_ready(examples, second, noun, only=name)
        for noun in nouns
        for name in key_fields(noun.model)
        if name in noun.written and (WHOLE or (noun.path == "customers" and name in AGREED))
    ]
    left_out = [path for path, ready in found.items() if ready is None]
    assert not left_out, f"no change of a key field was found that works: {left_out}"
    for path, ready in found.items():
        assert ready is not None
        evidence.positive(f"{path}: changed while no chain is set", ready.noun.plugin)
        for wrong in given_back(Walk(world, application, ready), evidence):
            evidence.failed(path, wrong, ready.noun.plugin)
        for other in (one for one in others if one is not None and one.noun is ready.noun and one.name != ready.name):
            for wrong in given_back(Walk(world, application, other), evidence):
                evidence.failed(path, wrong, ready.noun.plugin)
        set_chain(world, ready.kind, *deciders(world, ready.account))
        walk = Walk(world, application, ready)
        for wrong in walked(walk, evidence):
            evidence.failed(path, wrong, ready.noun.plugin)
        if (one_of_many := several[path]) is not None:
            for wrong in waits(Walk(world, application, one_of_many), "bulk", evidence):
                evidence.failed(path, wrong, ready.noun.plugin)
    evidence.close()
    assert {f"customers.{name}: given back" for name in AGREED} <= {item for item, _, _ in evidence.items}
    assert len(found) >= 20
    assert sum(other is not None for other in several.values()) >= 8


def given_back(walk: Walk, evidence: Evidence) -> Iterator[str]:
    """Where no chain is set, the change is made and taken back at once by the same verb, with the reason in the trail."""
    ready, before = walk.ready, walk.stored()
    answer = walk.put()
    if answer.status_code != 200 or walk.stored() == before:
        yield f"not changed ({answer.status_code}): {answer.text[-300:]}"
        return
    answer = walk.restore(walk.newest())
    if (answer.status_code, walk.stored()) != (303, before):
        yield f"restore answers {answer.status_code}, {ready.name} is {walk.stored()!r} and was {before!r}: {said_of(answer)}"
    elif walk.newest().reason != "恢复":
        yield f"restore left a row with the reason {walk.newest().reason!r}"
    else:
        evidence.positive(f"{ready.noun.path}.{ready.name}: given back", ready.noun.plugin)


def said_of(answer: Any) -> str:
    return " ".join(re.findall(r'role="alert"[^>]*>(.*?)</', answer.text, re.DOTALL))[:300]


def walked(walk: Walk, evidence: Evidence) -> Iterator[str]:
    """Every door in turn; what is wrong with one."""
    before = walk.stored()
    wrong = [said for door in ("form", "inline", "rest") for said in waits(walk, door, evidence)]
    yield from wrong or approved(walk, evidence, before)


def waits(walk: Walk, door: str, evidence: Evidence) -> Iterator[str]:
    """What is wrong when the change is tried by one door: the record stays, and exactly one case asks for it."""
    ready, before, version = walk.ready, walk.stored(), walk.version()
    answer = getattr(walk, door)()
    if (walk.stored(), walk.version()) != (before, version):
        yield f"{door} changed {ready.name} ({answer.status_code})"
    elif len(walk.cases()) != 1:
        yield f"{door} left {len(walk.cases())} cases ({answer.status_code}): {answer.text[-300:]}"
    else:
        evidence.refused(f"{ready.noun.path}: {door}", ready.noun.plugin)
        walk.withdraw()


def approved(walk: Walk, evidence: Evidence, before: Any) -> Iterator[str]:
    """What is approved is done, with the approver in the trail; its restoration waits again."""
    ready, world = walk.ready, walk.world
    walk.rest()
    (case,) = walk.cases()
    decider = next(one for one in ("leader", "head.east", "head.west") if one != ready.account)
    try:
        with world.use_case(decider) as session:
            do.approve(session, case.id)
    except KeguanError as error:
        yield f"not approved: {error}"
        return
    row = walk.newest()
    if walk.stored() == before or row.approved_by != world.employees[decider].name:
        yield f"approved, but {ready.name} is {walk.stored()!r}, approved by {row.approved_by!r}"
        return
    evidence.positive(f"{ready.noun.path}: approved", ready.noun.plugin)
    changed, version = walk.stored(), walk.version()
    answer = walk.restore(row)
    if (walk.stored(), walk.version()) != (changed, version):
        yield f"restore changed {ready.name} ({answer.status_code})"
    elif (answer.status_code, len(walk.cases())) != (303, 1):
        yield f"restore left {len(walk.cases())} cases ({answer.status_code}): {said_of(answer)}"
