"""From cases to what pages show: signature cells, who is next, the document behind a case."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import g, url_for
from sqlalchemy import select

from core.access.field_rights import access_to, knows_name
from core.access.guard import as_system
from core.access.offering import allowed_verbs
from core.approvals.chains import kinds_of, kinds_on, step_from, steps_for
from core.approvals.models import ApprovalCase, ApprovalSeat, CaseState, Verdict
from core.approvals.operations import approval_stands
from core.approvals.operations.seating import seats_of, signers_of
from core.approvals.people import kept_out, who_decides
from core.approvals.queries import cases_of
from core.database.covering import OPEN
from core.database.fields import fields_of
from core.extension.approving import ApprovalKind, Needs, Step
from core.kernel.words import Message, in_sentences, msg
from core.organisation.models import Employee
from core.web.approvals.gating import hand_in
from core.web.approvals.reviews import reviews_without_case
from core.web.called import kind_and_number
from core.web.codes import code_label
from core.web.nouns import Noun, Nouns
from core.web.pages import Link, SignatureCell, Signatures, Tag, Text, Tone
from core.web.showing import title_of as called

AND_ALL, OR_ONE = msg(" and "), msg(" or ")
NOT_REACHED = msg("not reached yet")


def kind_title(name: str) -> Message | str:
    """The title of a kind; its name where the module has gone."""
    return next((kind.title for kind in kinds_on(g.actor.modules) if kind.name == name), name)


def title_of(case: ApprovalCase) -> str:
    """What the document is called; its kind and number for whoever may not read that (R-442), and where it is a person (R-462)."""
    kind = next((kind for kind in kinds_on(g.actor.modules) if kind.name == case.kind), None)
    named = case.title != f"#{case.record_id}"
    return case.title if kind is None or (named and knows_name(g.actor, kind.model)) else str(kind_and_number(kind.title, case.record_id))


def amount_of(case: ApprovalCase) -> Decimal | None:
    """The amount; nothing for whoever may not read every sum of money of such documents."""
    kind = next((kind for kind in kinds_on(g.actor.modules) if kind.name == case.kind), None)
    sums = () if kind is None else [name for name, one in fields_of(kind.model).items() if one.kind == "money"]
    return case.amount if kind is None or all(access_to(g.actor, kind.model, name) in OPEN for name in sums) else None


def state_tag(case: ApprovalCase) -> Tag:
    """Where the case stands."""
    return Tag(case.state.label, Tone(case.state.tone))


def signatures(session: Any, case: ApprovalCase, *, opens: bool = False) -> Signatures:
    """The cells of a case that the person may see, or whose document he or she sees."""
    with as_system(session, "signatures of a document that may be seen"):
        cells = (_filler_cell(session, case), *_step_cells(session, case))
    address = Link(msg("Open"), url_for("ApprovalsView.show", pk=case.id), "external-link") if opens else None
    return Signatures(title=kind_title(case.kind), cells=cells, tag=state_tag(case), at=case.created_at, open=address)


def _filler_cell(session: Any, case: ApprovalCase) -> SignatureCell:
    filler = session.get(Employee, case.filler_id)
    return SignatureCell(
        msg("Filled in by"), filler.name, _position(filler), Tag(msg("Submitted")), case.created_at, case.note or "", signed=True
    )


def _position(employee: Employee) -> Text:
    return code_label(Employee.fields()["position"], employee.position) if employee.position else ""


def _step_cells(session: Any, case: ApprovalCase) -> list[SignatureCell]:
    seats = seats_of(session, case)
    people = _people(session, seats)
    later = case.state is CaseState.RUNNING and case.step + 1 < len(case.plan)
    barred = signers_of(seats) | (kept_out(session, case.table_name) if later else frozenset())
    cells: list[SignatureCell] = []
    for place, stored in enumerate(case.plan):
        step = step_from(stored)
        mine = [seat for seat in seats if seat.step == place]
        cells += [_signed_cell(step, seat, people) for seat in mine if seat.decided_at is not None]
        if case.state is CaseState.RUNNING and place == case.step:
            cells += _waiting_cell(case, step, [seat for seat in mine if seat.verdict is Verdict.WAITING], people)
        elif case.state is CaseState.RUNNING and place > case.step:
            cells.append(_later_cell(session, case, step, barred))
    return cells


def _people(session: Any, seats: Sequence[ApprovalSeat]) -> dict[int, Employee]:
    ids = {one for seat in seats for one in (seat.employee_id, seat.decided_by_id) if one is not None}
    return {one.id: one for one in session.scalars(select(Employee).where(Employee.id.in_(sorted(ids))))}


def _signed_cell(step: Step, seat: ApprovalSeat, people: dict[int, Employee]) -> SignatureCell:
    signer = people[seat.decided_by_id or seat.employee_id]
    note: Text = _position(signer)
    if signer.id != seat.employee_id:
        note = msg("for %(name)s", name=people[seat.employee_id].name)
    verdict = Tag(seat.verdict.label, Tone(seat.verdict.tone))
    return SignatureCell(step.title, signer.name, note, verdict, seat.decided_at, seat.opinion or "", signed=True)


def _waiting_cell(case: ApprovalCase, step: Step, waiting: Sequence[ApprovalSeat], people: dict[int, Employee]) -> list[SignatureCell]:
    if not waiting:
        return [SignatureCell(step.title, msg("Nobody is left"), verdict=Tag(msg("Waiting"), Tone.BAD), at=case.step_since, now=True)]
    between = AND_ALL if step.needs is Needs.ALL and len({seat.slot for seat in waiting}) > 1 else OR_ONE
    names = str(between).join(dict.fromkeys(people[seat.employee_id].name for seat in waiting))
    return [SignatureCell(step.title, names, verdict=Tag(msg("Waiting"), Tone.WAIT), at=case.step_since, now=True)]


def _later_cell(session: Any, case: ApprovalCase, step: Step, barred: frozenset[int]) -> SignatureCell:
    filler = session.get(Employee, case.filler_id)
    return SignatureCell(step.title, who_would(session, step, filler, frozenset(case.authors) | barred), NOT_REACHED)


def who_would(session: Any, step: Step, filler: Employee, barred: frozenset[int]) -> Text:
    """Names of those whom ``step`` would ask today; call it as the system."""
    slots = []
    for asked in step.asked:
        found = who_decides(session, asked, filler, barred)
        names = session.scalars(select(Employee.name).where(Employee.id.in_(found.people)).order_by(Employee.number)).all()
        slots.append(str(OR_ONE).join(names))
    named = [one for one in dict.fromkeys(slots) if one]
    return str(AND_ALL if step.needs is Needs.ALL else OR_ONE).join(named) if named else msg("Nobody is left")


def approval_tab(session: Any, nouns: Nouns, noun: Noun, record: Any) -> tuple[Signatures, ...]:
    """The cases of a document on its own page, newest first, and before them what can be submitted."""
    with as_system(session, "cases of a document that may be seen"):
        cases = list(cases_of(session, noun.model.__tablename__, record.id))
    open_kinds = [kind for kind in kinds_of(noun.model, g.actor.modules) if not _runs(cases, kind)]
    begins = noun.cycle is not None and record.state == noun.cycle.initial
    waiting = [kind for kind in open_kinds if kind.by_hand or (begins and not kind.changes and not any(c.kind == kind.name for c in cases))]
    asked = [_to_submit(session, nouns, kind, record) for kind in waiting]
    shown = (*(one for one in asked if one is not None), *(signatures(session, case, opens=_opens(session, case)) for case in cases))
    shown = (*shown, *reviews_without_case(session, noun, record, {case.kind for case in cases}))
    return shown or (Signatures(title=msg("Approval"), cells=(), note=in_sentences(_not_asked(session, noun, record))),)


def _not_asked(session: Any, noun: Noun, record: Any) -> list[Message | str]:
    """That nothing has been asked for yet, and why not, where that is known."""
    kinds = [kind for kind in kinds_of(noun.model, g.actor.modules) if kind.by_hand]
    told: list[Message | str] = [msg("No approval of “%(name)s” has been asked for yet.", name=called(noun, record))]
    with as_system(session, "who would decide about a document that may be seen"):
        asks = any(steps_for(session, kind, record)[1] for kind in kinds)
    if kinds and not asks:
        return [*told, msg("The company has no approval chain for this, so nobody has to agree.")]
    return [*told, *(reason for kind in kinds if (reason := kind.may_submit(record)) is not None)]


def _runs(cases: Sequence[ApprovalCase], kind: ApprovalKind) -> bool:
    return any(case.kind == kind.name and case.state is CaseState.RUNNING for case in cases)


def _opens(session: Any, case: ApprovalCase) -> bool:
    return session.scalar(select(ApprovalCase.id).where(ApprovalCase.id == case.id)) is not None


def _to_submit(session: Any, nouns: Nouns, kind: ApprovalKind, record: Any) -> Signatures | None:
    """What would happen with the document, and the button that hands it in.

    None where the chain asks nobody or has agreed to the document as it is. What another verb hands in has that among its buttons. The
    button of the page is filled, this one is not.
    """
    with as_system(session, "who would decide about a document that may be seen"):
        _, steps = steps_for(session, kind, record)
        if not steps or kind.may_submit(record) is not None or approval_stands(session, kind, record):
            return None
        filler = session.get(Employee, g.actor.employee_id)
        barred = (
            frozenset(one for one in kind.authors(record) if one is not None) | {filler.id} | kept_out(session, kind.model.__tablename__)
        )
        cells = tuple(SignatureCell(step.title, who_would(session, step, filler, barred), NOT_REACHED) for step in steps)
    if not kind.by_hand:
        return Signatures(title=kind.title, cells=cells, note=msg("Nothing has been submitted yet. Once it is, these people decide."))
    may = kind.right in allowed_verbs(session, record, (kind.right,))
    verbs = (hand_in(nouns, kind, record),) if may else ()
    return Signatures(title=kind.title, cells=cells, verbs=verbs, note=msg("Once it is submitted, these people decide."))
