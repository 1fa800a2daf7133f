"""The demonstration hangs together: whoever reads it as an accountant or as a sales head finds no record that cannot be.

Properties over everything that is there, of every company. Which records follow which is read from the declarations; the steps of a life
cycle stand in :data:`STEPS`, and a day that verbs stamp and that stands nowhere fails the test.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import JSON, String, Text, cast, func, select
from sqlalchemy.orm import Session

from core.approvals.models import ApprovalCase, ApprovalSeat
from core.audit.models import AuditRow
from core.database.covering import open_value
from core.database.records import Record
from core.database.references import class_of
from core.database.sentences import from_plain, said
from core.extension.installed import stored_classes
from core.kernel.clock import local, now, today
from core.operations.language import catalogues_of, speaking
from core.organisation.models import Employee
from core.web.trail_words import SYSTEM, who_told
from core.work.models import Notice
from plugins.billing.models import Allocation, Invoice, InvoiceNotice, InvoiceSource, InvoiceTitle, NoticeLine, Receipt, Refund
from plugins.billing.rules.states import AllocationState, InvoiceState
from plugins.contracts.models import Contract, DataReturn, OralContract, ScheduledPayment, Supplement
from plugins.contracts.rules import COUNTED, PAYABLE, PartState
from plugins.customers.demo.words import PLACES
from plugins.customers.models import Customer, Interaction
from plugins.sales.demo.words import LOST_NOTES, WON_NOTES
from plugins.sales.models import Milestone, Opportunity, Order, Project, ProjectEntry, ProjectProposal, Quotation
from plugins.sales.rules.orders import OrderState
from plugins.service.models import DispatchOrder, Handling, Participation, ServiceNote, ServiceRequest
from plugins.service.rules import DispatchState
from tests.world import World

STEPS: Mapping[type[Record], tuple[tuple[str, ...], ...]] = {
    Allocation: (("created_at", "allocated_on", "reversed_on"),),
    Invoice: (
        ("created_at", "issued_on", "printed_on", "delivered_on", "fed_back_on", "booked_in_on"),
        ("issued_on", "reminded_on"),
    ),
    InvoiceNotice: (("created_at", "sent_on", "done_on"),),
    Receipt: (("received_on", "created_at", "claimed_on"),),
    Refund: (("created_at", "refunded_on"),),
    Contract: (
        ("created_at", "signed_on", "text_handed_at", "registered_at"),
        ("signed_on", "ended_on"),
        ("signed_on", "starts_on", "ends_on"),
    ),
    DataReturn: (("created_at", "asked_at", "completed_at"),),
    OralContract: (("agreed_on", "created_at", "confirmed_at"),),
    ScheduledPayment: (("created_at", "invoiceable_on"),),
    Supplement: (("created_at", "signed_on"),),
    Customer: (("created_at", "last_contact_at"), ("created_at", "cooperating_since")),
    Interaction: (("at", "created_at"), ("at", "next_on")),
    Milestone: (("created_at", "reached_on"),),
    Opportunity: (("created_at", "opened_on", "staged_on", "closed_on", "archived_at"), ("opened_on", "touched_at")),
    Order: (("created_at", "submitted_at", "price_passed_at", "reviewed_at", "effective_on", "closed_on"),),
    Project: (("created_at", "touched_at"), ("created_at", "ended_on"), ("starts_on", "ends_on")),
    ProjectEntry: (("created_at", "at"),),
    ProjectProposal: (("created_at", "submitted_at", "reviewed_at"), ("starts_on", "ends_on")),
    Quotation: (("created_at", "quoted_on", "submitted_at", "price_passed_at", "sent_on", "answered_on"), ("quoted_on", "valid_until")),
    DispatchOrder: (
        ("created_at", "issued_at", "accepted_at", "arrived_at", "finished_at", "signed_at"),
        ("starts_at", "arrived_at"),
        ("starts_at", "ends_at"),
        ("created_at", "starts_at"),
    ),
    Handling: (("created_at", "at"),),
    ServiceNote: (("at", "created_at"),),
    Participation: (("created_at", "asked_at", "done_at"),),
    ServiceRequest: (("received_at", "created_at", "answered_at", "handled_at", "feedback_at", "closed_at", "archived_at"),),
}
"""Days and moments of a record in the order in which they come; what is empty is left out."""
PLANNED = {
    ("Invoice", "feedback_due_on"),
    ("InvoiceNotice", "due_on"),
    ("Supplement", "ends_on_before"),
    ("Customer", "next_contact_on"),
    ("ServiceRequest", "answer_due_at"),
    ("ServiceRequest", "handle_due_on"),
    ("ServiceRequest", "due_on"),
}
"""Days that verbs write and that may lie ahead."""
NUMBERED = {Contract: "signed_on", Order: "submitted_at", InvoiceNotice: "sent_on", Receipt: "created_at", ServiceRequest: "created_at"}
"""Documents with numbers that are given without a gap, and when."""
ZERO = Decimal("0.00")
Found = Iterator[tuple[bool, object]]


def business() -> list[type[Any]]:
    """Stored classes of the plugins that belong to companies."""
    return [model for model in stored_classes() if model.__scope__ != "global" and not model.__tablename__.startswith("core_")]


def records(session: Session, model: type[Any], company_id: int) -> list[Any]:
    """All of them, in the order in which they were made."""
    return list(session.scalars(select(model).where(model.company_id == company_id).order_by(model.id)))


def day_of(value: date) -> date:
    """The calendar day of a day or a moment."""
    return local(value).date() if isinstance(value, datetime) else value


def comes_before(first: date, second: date) -> bool:
    """Whether ``first`` is no later; a day and a moment are compared by the day."""
    if isinstance(first, datetime) and isinstance(second, datetime):
        return first <= second
    return day_of(first) <= day_of(second)


def nothing_is_older_than_what_it_belongs_to(session: Session, company_id: int) -> Found:
    """Neither than its parent nor than anything it cannot be without, its owner's membership among that."""
    made: dict[type[Any], dict[int, datetime]] = {}
    for model in business():
        needed = [name for name, one in model.fields().items() if one.kind == "reference" and one.required]
        for record in records(session, model, company_id):
            for name in needed:
                target = class_of(model, model.fields()[name].target)
                known = made.setdefault(target, {})
                if not known:
                    known |= dict(session.execute(select(target.id, target.created_at)).all())
                parent = known[getattr(record, f"{name}_id")]
                yield parent <= record.created_at, (model.__name__, record.id, name, parent, record.created_at)


def every_step_follows_the_one_before(session: Session, company_id: int) -> Found:
    """In the order of the life cycle, and none of them is still to come."""
    for model, chains in STEPS.items():
        for record in records(session, model, company_id):
            for chain in chains:
                given = [(name, value) for name in chain if (value := getattr(record, name)) is not None]
                for (one, first), (other, second) in pairwise(given):
                    yield comes_before(first, second), (model.__name__, record.id, one, first, other, second)


def what_is_stamped_has_happened(session: Session, company_id: int) -> Found:
    """Nothing that a verb notes lies ahead, or before the record itself."""
    for model in business():
        stamped = [name for name, one in model.fields().items() if one.kind in ("date", "moment") and not one.editable]
        stamped = [name for name in stamped if (model.__name__, name) not in PLANNED]
        known = {name for chain in STEPS.get(model, ()) for name in chain}
        yield known >= set(stamped), (model.__name__, "stands nowhere in STEPS or PLANNED", set(stamped) - known)
        for record in records(session, model, company_id):
            yield record.created_at <= record.updated_at <= now(), (model.__name__, record.id, "created", "changed")
            for name in stamped:
                value = getattr(record, name)
                if value is not None:
                    yield comes_before(record.created_at, value), (model.__name__, record.id, name, value, "before", record.created_at)
                    yield comes_before(value, today() if not isinstance(value, datetime) else now()), (model.__name__, record.id, name)


def sums(session: Session, amount: Any, key: Any, *conditions: Any) -> dict[int, Decimal]:
    """``amount`` summed up by ``key``."""
    found = session.execute(select(key, func.sum(amount)).where(key.is_not(None), *conditions).group_by(key))
    return {one: total for one, total in found if total}


def money_stays_within_what_was_agreed(session: Session, company_id: int) -> Found:
    """Orders and receipts within the contract, invoices within what can be invoiced, the schedule adds up to the amount."""
    contracts = {one.id: one for one in records(session, Contract, company_id)}
    parts = records(session, ScheduledPayment, company_id)
    ordered = sums(session, Order.amount, Order.contract_id, Order.state != OrderState.CANCELLED)
    paid = sums(session, Allocation.amount, Allocation.contract_id, Allocation.state == AllocationState.ACTIVE)
    paid_parts = sums(session, Allocation.amount, Allocation.part_id, Allocation.state == AllocationState.ACTIVE)
    claimed = sums(session, NoticeLine.claimed, NoticeLine.part_id)
    held = InvoiceSource.invoice_id.in_(select(Invoice.id).where(Invoice.state != InvoiceState.VOID))
    invoiced = sums(session, InvoiceSource.amount, InvoiceSource.contract_id, held)
    for contract in contracts.values():
        mine = [part for part in parts if part.contract_id == contract.id and part.state in COUNTED]
        free = sum((part.amount for part in mine if part.state == PartState.INVOICEABLE), ZERO)
        yield ordered.get(contract.id, ZERO) <= contract.amount, ("ordered", contract.number, ordered.get(contract.id), contract.amount)
        yield paid.get(contract.id, ZERO) <= contract.amount, ("paid", contract.number)
        yield invoiced.get(contract.id, ZERO) <= free, ("invoiced", contract.number, invoiced.get(contract.id), free)
        if contract.signed_on is not None:
            lapsed = [part for part in parts if part.contract_id == contract.id and part.state == PartState.LAPSED]
            yield sum((part.amount for part in mine + lapsed), ZERO) == contract.amount, ("schedule", contract.number)
            yield not lapsed or contract.state not in PAYABLE, ("lapsed", contract.number)
    for part in parts:
        yield paid_parts.get(part.id, ZERO) <= part.amount, ("paid part", part.id)
        yield claimed.get(part.id, ZERO) <= part.amount, ("claimed part", part.id)
    for receipt in records(session, Receipt, company_id):
        yield receipt.allocated + receipt.refunded <= receipt.amount, ("receipt", receipt.number)


def documents_rest_on_what_was_there(session: Session, company_id: int) -> Found:
    """An order on a contract signed before, a notice too; money comes after the signing, and a confirmation after what it confirms."""
    contracts = {one.id: one for one in records(session, Contract, company_id)}
    for model in (Order, InvoiceNotice, Allocation):
        for record in records(session, model, company_id):
            if record.contract_id is not None:
                contract = contracts[record.contract_id]
                signed = contract.signed_on is not None and comes_before(contract.signed_on, record.created_at)
                yield signed, (model.__name__, record.id, record.created_at, contract.number, contract.signed_on)
    for oral in records(session, OralContract, company_id):
        if oral.contract_id is not None:
            yield oral.agreed_on <= contracts[oral.contract_id].signed_on, ("oral contract", oral.id)


def numbers_are_given_in_order(session: Session, company_id: int) -> Found:
    """A later number is no earlier document."""
    for model, name in NUMBERED.items():
        numbered = sorted((one for one in records(session, model, company_id) if one.number), key=lambda one: one.number)
        for one, following in pairwise(numbered):
            first, second = (day_of(getattr(record, name)) for record in (one, following))
            yield first <= second, (model.__name__, one.number, first, following.number, second)


def nobody_is_in_two_places(session: Session, company_id: int) -> Found:
    """Of what was not cancelled or sent back, one worker does one thing at a time."""
    sent: dict[int, list[DispatchOrder]] = defaultdict(list)
    for order in records(session, DispatchOrder, company_id):
        if order.state not in (DispatchState.CANCELLED, DispatchState.RETURNED):
            sent[order.owner_id].append(order)
    for orders in sent.values():
        for one, following in pairwise(sorted(orders, key=lambda order: order.starts_at)):
            yield one.ends_at <= following.starts_at, (one.id, one.starts_at, one.ends_at, following.id, following.starts_at)


def the_trail_tells_the_same_story(session: Session, company_id: int) -> Found:
    """Nobody acts before joining or after leaving, and nothing was done to a record before it was made.

    The modules tell their stories one after the other, so that a customer's contract may be told after a younger follow-up.
    """
    staff = {one.id: one for one in records(session, Employee, company_id)}
    made: dict[tuple[str, int | None], datetime] = {}
    for row in session.scalars(select(AuditRow).where(AuditRow.company_id == company_id).order_by(AuditRow.id)):
        if row.employee_id is not None:
            who = staff[row.employee_id]
            there = who.created_at <= row.at and (who.left_on is None or local(row.at).date() < who.left_on)
            yield there, (row.who, row.action, row.at, "is not here then")
        if row.record_id is not None:
            about = (row.table_name, row.record_id)
            yield made.setdefault(about, row.at) <= row.at <= now(), (about, row.action, row.at, made[about])


def decisions_and_notices_come_after_what_they_are_about(session: Session, company_id: int) -> Found:
    """A case after its record, a verdict after its case, a notice before it is read."""
    tables = {model.__tablename__: model for model in business()}
    cases = {one.id: one for one in records(session, ApprovalCase, company_id)}
    for case in cases.values():
        record = session.get(tables[case.table_name], case.record_id)
        yield record is not None and record.created_at <= case.created_at <= now(), ("case", case.id)
    for seat in records(session, ApprovalSeat, company_id):
        if seat.decided_at is not None:
            yield cases[seat.case_id].created_at <= seat.decided_at <= now(), ("verdict", seat.id)
    for notice in records(session, Notice, company_id):
        yield notice.created_at <= (notice.read_at or now()) <= now(), ("notice", notice.id)


def customers_are_where_they_say(session: Session, company_id: int) -> Found:
    """City, area code, the division in the credit code, and the buyer's title data fit each other."""
    places = {place.city: place for side in PLACES.values() for place in side}
    customers = {one.id: one for one in records(session, Customer, company_id)}
    for one in customers.values():
        place = places[one.city or ""]
        yield str(open_value(one, "phone")).startswith(f"{place.area_code}-"), ("telephone", one.name)
        yield one.credit_code is None or one.credit_code[2:8] == place.division, ("credit code", one.name)
    for title in records(session, InvoiceTitle, company_id):
        buyer = customers[title.customer_id]
        yield title.tax_number == buyer.credit_code or buyer.credit_code is None, ("tax number", title.name)
        yield title.address == buyer.address and str(buyer.city) in str(title.bank), ("title", title.name)


def what_is_told_twice_is_told_alike(session: Session, company_id: int) -> Found:
    """What is offered and ordered is called after its opportunity, and a note speaks of the reason that was given."""
    opportunities = {one.id: one for one in records(session, Opportunity, company_id)}
    for model in (Quotation, Order):
        for one in records(session, model, company_id):
            if one.opportunity_id is not None:
                yield one.title == opportunities[one.opportunity_id].title, (model.__name__, one.title)
    for one in opportunities.values():
        if one.won_reason or one.lost_reason:
            notes = WON_NOTES[one.won_reason] if one.won_reason else LOST_NOTES[one.lost_reason or ""]
            yield one.close_note in notes, (one.title, one.won_reason or one.lost_reason, one.close_note)


PROPERTIES: Iterable[Callable[[Session, int], Found]] = (
    nothing_is_older_than_what_it_belongs_to,
    every_step_follows_the_one_before,
    what_is_stamped_has_happened,
    money_stays_within_what_was_agreed,
    documents_rest_on_what_was_there,
    numbers_are_given_in_order,
    nobody_is_in_two_places,
    the_trail_tells_the_same_story,
    decisions_and_notices_come_after_what_they_are_about,
    customers_are_where_they_say,
    what_is_told_twice_is_told_alike,
)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_demonstration_of_every_company_hangs_together(demonstration: World) -> None:
    companies = [company.id for company in demonstration.companies.values()]
    wrong, looked_at = incoherences(demonstration.keguan.database.engine, companies)
    assert wrong == {}
    assert min(looked_at.values()) > 4, looked_at


def incoherences(engine: Any, companies: Iterable[int]) -> tuple[dict[str, list[object]], dict[str, int]]:
    """What breaks each property, and how much was looked at for it."""
    wrong: dict[str, list[object]] = {}
    looked_at: dict[str, int] = {}
    with Session(engine) as session:
        for holds in PROPERTIES:
            found = [one for company_id in companies for one in holds(session, company_id)]
            looked_at[holds.__name__] = len(found)
            if broken := [what for sound, what in found if not sound]:
                wrong[holds.__name__] = broken
    return wrong, looked_at


ENGLISH = re.compile(r"[A-Za-z][a-z'’-]+(?:[ ,;:.]+[A-Za-z][a-z'’-]+){2,}")
"""Three words after each other: no model, no mail address, no name of a product here is that long."""
OF_THE_OTHER_LANGUAGE = "english"
"""The column of a word's English name, which is shown to whoever reads English."""


def words_in(text: str) -> Iterator[str]:
    """What a reader sees of a stored text: a sentence in the own language, the values inside of a row of the trail one by one."""
    if (told := said(text)) != text:
        yield str(told)
    elif text.startswith(SYSTEM):
        yield str(who_told(text))
    elif text[:1] in ("{", "["):
        yield from (one for part in parts_of(json.loads(text)) for one in words_in(part))
    else:
        yield text


@cache
def built() -> frozenset[str]:
    """Names of columns that hold what the program builds, such as the plan of a case: no page shows it as it is."""
    return frozenset(column.name for model in stored_classes() for column in model.__table__.columns if isinstance(column.type, JSON))


def parts_of(value: Any) -> Iterator[str]:
    """Every text inside of what the trail keeps as JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict) and value.keys() >= {"text", "params"}:
        yield str(from_plain(value))
    elif isinstance(value, dict | list):
        unread = {OF_THE_OTHER_LANGUAGE, *built()}
        inside = [one for name, one in value.items() if name not in unread] if isinstance(value, dict) else value
        for one in inside:
            yield from parts_of(one)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_nobody_reads_an_english_sentence_in_the_demonstration_of_a_chinese_company(demonstration: World) -> None:
    columns = [
        column
        for model in stored_classes()
        for column in model.__table__.columns
        if isinstance(column.type, String) and column.name != OF_THE_OTHER_LANGUAGE
    ]
    engine, read = demonstration.keguan.database.engine, 0
    english = []
    with engine.connect() as connection, speaking("zh_CN", catalogues_of(demonstration.keguan.registry)):
        for column in columns:
            for (text,) in connection.execute(select(cast(column, Text)).distinct().where(column.is_not(None))):
                read += 1
                english += [f"{column}: {words[:200]}" for words in words_in(text) if ENGLISH.search(words)]
    assert not english, "\n".join(english[:20])
    assert read > 5_000
