"""The gate, its marks, masks and approvals hold for every noun by its declaration alone (R-343, R-442, R-444; security.md C to E).

Found in the registry: a plugin that ``plugins new`` wrote is walked as soon as it is there. For each noun: who has no right to export gets
nothing; nothing leaves before somebody else has agreed, and then once; what leaves is what the list shows, and one row of it names the
export; a field that a role sees masked stands neither in its file nor in its list. For each kind of approval of a plugin: neither the
author nor a stranger decides, and whoever is asked does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from core.access.field_roles import choices_for
from core.access.joining import resource_of
from core.access.models import FieldGrant, Role
from core.approvals import operations as do
from core.approvals.chains import chain_of
from core.approvals.models import CaseState
from core.exports.leaving import exported
from core.exports.operations import may_export, open_fields
from core.exports.sources import all_sources, source_called
from core.extension.approving import ApprovalKind, Asked, Step, Who
from core.extension.calling import registry
from core.kernel.acting import FieldAccess, System, acting_as
from core.kernel.errors import Conflict, Forbidden, KeguanError
from core.kernel.words import Message
from core.web.nouns import Noun
from tests.conformance.enumerated import LOOKED_AT, in_sight, looked_at
from tests.conformance.examples import Examples
from tests.evidence import Evidence
from tests.exports.conftest import Gate
from tests.exports.test_files import rows_of, saved, traced
from tests.world import Browser, World

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
EXPORTERS = ("head.east", "head.west")
LEADER, STRANGER = "leader", "head.west"


@dataclass(frozen=True)
class Walk:
    """Everything that one noun is asked for."""

    gate: Gate
    noun: Noun
    record_id: int
    evidence: Evidence
    folder: Path

    def said(self, what: str, refused: bool, *, wanted: bool) -> None:
        """Keep how it came out: a refusal where one was wanted, an answer where that was."""
        item = f"{self.noun.path} {what}"
        if refused is not wanted:
            self.evidence.failed(item, "is refused" if refused else "is let through", self.noun.plugin)
        elif wanted:
            self.evidence.refused(item, self.noun.plugin)
        else:
            self.evidence.positive(item, self.noun.plugin)

    def tried(self, what: str, do: Callable[[], object], *, refused: bool) -> None:
        """Do it; a refusal has a sentence."""
        try:
            do()
        except (Forbidden, Conflict) as error:
            self.said(what, bool(str(error.message)), wanted=refused)
        else:
            self.said(what, False, wanted=refused)

    def columns(self, account: str) -> tuple[str, ...]:
        """All that the person may have."""
        with self.gate.world.act(account) as who:
            return tuple(open_fields(source_called(self.noun.path, who), who))

    def leaving(self, account: str) -> set[int]:
        """Ids that the gate would let out."""
        with self.gate.world.reading(account) as session:
            source = all_sources()[self.noun.path]
            return {int(one.id) for one in session.scalars(exported(session, source, source.checked(())))}


@pytest.mark.requirement("R-343", "R-442", "R-444")
@pytest.mark.evidence("control-{database_kind}")
def test_what_leaves_is_under_control_for_every_noun_by_its_declaration_alone(
    world: World, application: Flask, token_client_for: Callable[[str], Browser], database_kind: str, tmp_path: Path
) -> None:
    evidence, gate = Evidence(f"control-{database_kind}", LOOKED_AT), Gate(world)
    gate.set(export_requests_per_day=1_000, export_rows_per_day=1_000_000)
    examples = Examples(world, application.extensions["keguan"].nouns)
    for noun in looked_at(examples.nouns.by_path.values()):
        if noun.create is not None and noun.path in all_sources():
            walk = Walk(gate, noun, examples.fresh(noun), evidence, tmp_path)
            _denied(walk)
            for account in [one for one in EXPORTERS if may_export(world.actor(one), noun.resource) and walk.leaving(one)][:1]:
                _gated(walk, account, token_client_for(account))
                _masked(walk, account, token_client_for(account))
    for kind in registry().approvals.values():
        if in_sight(kind.plugin) and not kind.changes and kind.by_hand:
            _approved(examples, kind, evidence)
    evidence.close()


def _denied(walk: Walk) -> None:
    """Somebody who reads such records, and may not export them."""
    world, noun = walk.gate.world, walk.noun
    for account in world.employees:
        who = world.actor(account)
        if who.may(noun.resource, "read") and not may_export(who, noun.resource):
            walk.tried(f"without the right {account}", lambda one=account: walk.gate.ask(one, source=noun.path), refused=True)  # type: ignore[misc]
            return


def _gated(walk: Walk, account: str, program: Browser) -> None:
    gate, noun, columns = walk.gate, walk.noun, walk.columns(account)
    request = gate.ask(account, source=noun.path, columns=columns)
    gate.make(request, account)
    walk.tried(f"fetched before it is approved {account}", lambda: gate.fetch(request, account), refused=True)
    walk.tried(f"approved by whoever asked {account}", lambda: gate.approve(request, account), refused=True)
    walk.tried(f"approved by somebody else {account}", lambda: gate.approve(request, LEADER), refused=False)
    walk.tried(f"made {account}", lambda: gate.make(request, account), refused=False)
    rows = rows_of(gate.fetch(request, account).path)
    walk.tried(f"fetched again {account}", lambda: gate.fetch(request, account), refused=True)
    listed = (program.get(f"/api/v1/{noun.path}/?size=100").json or {})["result"]
    walk.said(f"holds what the list shows {account}", len(rows) - 2 != len(listed), wanted=False)
    walk.said(f"its records are those of the list {account}", walk.leaving(account) != {int(one["id"]) for one in listed}, wanted=False)
    found = {one.number for one in traced(gate, saved([rows[1]], walk.folder / "leak.csv"))}
    walk.said(f"one row names its export {account}", request not in found, wanted=False)


def _masked(walk: Walk, account: str, program: Browser) -> None:
    """The first text that can be masked: open in file and answer before, in neither afterwards."""
    name, value = next(_texts(walk, account, program), ("", ""))
    if not name:
        return
    before = _told(walk, account, program)
    with _masks(walk, account, name):
        after = _told(walk, account, program)
    for way in before:
        walk.said(f"{way} of {name} {account}", value not in before[way], wanted=False)
        walk.said(f"{way} of masked {name} {account}", value not in after[way], wanted=True)


def _texts(walk: Walk, account: str, program: Browser) -> Iterator[tuple[str, str]]:
    fields, columns = walk.noun.fields, walk.columns(account)
    told = (program.get(f"/api/v1/{walk.noun.path}/{walk.record_id}").json or {}).get("result", {})
    for name in columns:
        value = told.get(name)
        maskable = not fields[name].masked and FieldAccess.MASKED in choices_for(walk.noun.model, fields[name])
        alone = isinstance(value, str) and sum(value in str(one) for one in told.values()) == 1  # its customer may be called the same
        if maskable and alone and len(value) > 3 and "\n" not in value:
            yield name, value


def _told(walk: Walk, account: str, program: Browser) -> dict[str, str]:
    """The file, with the marks that it carries taken out, and REST."""
    path = walk.gate.file(account, source=walk.noun.path, columns=walk.columns(account))
    cells = "\n".join(cell for row in rows_of(path) for cell in row)
    plain = "".join(letter for letter in cells if letter.isprintable() or letter == "\n")
    one = program.get(f"/api/v1/{walk.noun.path}/{walk.record_id}")
    return {"file": plain, "REST": "\n".join(str(one) for one in (one.json or {}).get("result", {}).values())}


@contextmanager
def _masks(walk: Walk, account: str, name: str) -> Iterator[None]:
    """Inside, every role of the person's company sees the field masked."""
    world, model = walk.gate.world, walk.noun.model
    company = world.employees[account].company_id
    with acting_as(System("field rights of the tests", company)), world.keguan.database.transaction() as session:
        where = {"resource": resource_of(model), "table_name": model.__tablename__, "field": name}
        roles = session.scalars(select(Role.id).where(Role.company_id == company)).all()
        session.add_all(FieldGrant(company_id=company, role_id=role, access=FieldAccess.MASKED, **where) for role in roles)
    yield
    with acting_as(System("field rights of the tests", company)), world.keguan.database.transaction() as session:
        for grant in session.scalars(select(FieldGrant).where(FieldGrant.field == name)):
            session.delete(grant)


def _approved(examples: Examples, kind: ApprovalKind, evidence: Evidence) -> None:
    """A fresh document, one step that asks the head of whoever wrote it."""
    world, noun = examples.world, examples.nouns.by_table.get(kind.model.__tablename__)
    if noun is None or noun.create is None:
        return
    author, head = "sales.east1", "head.east"
    with world.use_case("security") as session:
        number = chain_of(session, kind).number
        do.set_chain(session, kind.name, number, [Step(Message("部门审批"), (Asked(Who.HEAD),))])
    record_id = examples.fresh(noun)
    try:
        with world.use_case(author) as session:
            case = do.submit_document(session, kind.name, record_id, None).id
    except KeguanError as error:
        evidence.neutral(f"{kind.name} submitted: {error.message}", kind.plugin)
        return
    for account, may in ((author, False), (STRANGER, False), (head, True)):
        item = f"{kind.name} approved by {account}"
        try:
            with world.use_case(account) as session:
                done = do.approve(session, case).state is CaseState.APPROVED
        except KeguanError:
            done = False
        if done is not may:
            evidence.failed(item, "is let through" if done else "is refused", kind.plugin)
        elif may:
            evidence.positive(item, kind.plugin)
        else:
            evidence.refused(item, kind.plugin)
