"""The way of a quotation to the customer and back: made ready, sent, answered, expired, replaced, ordered on (R-212, R-349)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, get_for, open_for_writing
from core.approvals.models import Verdict
from core.approvals.operations import decide_on, submit_if_needed
from core.audit.trail import name_action
from core.database.answers import clean_reason, needed_reason
from core.database.lines import lines_of
from core.database.numbers import take_number
from core.kernel.acting import employee_id
from core.kernel.clock import now, today
from core.kernel.errors import BadInput, IllegalTransition
from core.kernel.words import msg, on_day
from plugins.sales.errors import NewerEdition, NothingQuoted, OrderedAlready, PriceNotPassed
from plugins.sales.models import Order, Quotation, QuotationLine
from plugins.sales.operations.asking import needed_code, tell
from plugins.sales.operations.deciding import decided
from plugins.sales.operations.lines import copied
from plugins.sales.operations.orders import create_order
from plugins.sales.operations.pricing import price_doubt
from plugins.sales.operations.quotations import create_quotation
from plugins.sales.queries.people import finance
from plugins.sales.rules.orders import OrderState
from plugins.sales.rules.quotations import LIFECYCLE, REVISED, QuotationState, quotation_number

LOW_PRICE = "sales.quotation_discount"
"""The kind of approval for quotations with prices below the lowest discount."""
CARRIED = ("title", "customer", "contact", "opportunity", "project", "terms", "note")
"""What a new edition takes over beside the lines; it bears days of its own."""


def submit_quotation(session: Session, record_id: int, version: int | None) -> Quotation:
    """Make a draft ready: it gets its number, and goes to finance first when its price is too low (:func:`price_doubt`).

    Raises :class:`NothingQuoted` without amount.
    """
    quotation: Quotation = get_for(session, Quotation, "update", record_id, version)
    name_action(session, quotation, "submit")
    quotation.state = LIFECYCLE.move(quotation.state, "submit")
    _check(quotation)
    quotation.submitted_at, quotation.state_reason = now(), None
    quotation.price_passed_by_id = quotation.price_passed_at = None
    quotation.price_doubt = price_doubt(session, quotation)
    if quotation.price_doubt is not None:
        quotation.state = QuotationState.PRICE_REVIEW
    session.flush()
    if quotation.state is QuotationState.PRICE_REVIEW and submit_if_needed(session, LOW_PRICE, quotation) is None:
        why = quotation.price_doubt
        said = msg("The price of the quotation %(title)s waits for your approval: %(why)s", title=quotation.title, why=why)
        tell(session, finance(session), said, f"/quotations/{quotation.id}")
    _number(session, quotation)
    return quotation


def approve_low_price(session: Session, record_id: int, version: int | None) -> Quotation:
    """Finance lets the low price pass."""
    quotation: Quotation = decided(session, Quotation, LIFECYCLE, record_id, version, right="approve_discount", verb="approve_discount")
    if decide_on(session, LOW_PRICE, quotation, Verdict.AGREED) is None:
        pass_low_price(session, quotation)
    return quotation


def refuse_low_price(session: Session, record_id: int, version: int | None, *, reason: str | None = None) -> Quotation:
    """Finance sends the quotation back to its owner, saying why."""
    quotation: Quotation = decided(session, Quotation, LIFECYCLE, record_id, version, right="approve_discount", verb="refuse_discount")
    said = needed_reason(reason)
    if decide_on(session, LOW_PRICE, quotation, Verdict.RETURNED, opinion=said) is None:
        send_quotation_back(session, quotation, said)
    return quotation


def pass_low_price(session: Session, quotation: Quotation) -> None:
    """The low price is approved: the quotation is ready to be sent. The record is open for writing."""
    name_action(session, quotation, "approve_discount")
    quotation.state = LIFECYCLE.move(quotation.state, "approve_discount")
    quotation.price_passed_by_id, quotation.price_passed_at = employee_id(), now()
    session.flush()
    said = msg("The price of your quotation %(number)s has been approved. It may be sent now.", number=quotation.number)
    tell(session, [quotation.owner_id], said, f"/quotations/{quotation.id}")


def send_quotation_back(session: Session, quotation: Quotation, reason: str) -> None:
    """The low price is refused: the quotation is a draft again. The record is open for writing."""
    name_action(session, quotation, "refuse_discount")
    quotation.state = LIFECYCLE.move(quotation.state, "refuse_discount")
    quotation.state_reason = needed_reason(reason)
    session.flush()
    said = msg("Your quotation %(title)s came back: %(reason)s", title=quotation.title, reason=quotation.state_reason)
    tell(session, [quotation.owner_id], said, f"/quotations/{quotation.id}")


def take_quotation_back(session: Session, quotation: Quotation) -> None:
    """Whoever asked finance has thought better of it: the quotation is a draft again. The record is open for writing."""
    name_action(session, quotation, "withdraw")
    quotation.state = LIFECYCLE.move(quotation.state, "refuse_discount")
    session.flush()


def rework_quotation(session: Session, record_id: int, version: int | None) -> Quotation:
    """Change what was ready but has not been sent; finance decides anew about a low price."""
    quotation: Quotation = get_for(session, Quotation, "update", record_id, version)
    name_action(session, quotation, "rework")
    quotation.state = LIFECYCLE.move(quotation.state, "rework")
    quotation.price_passed_by_id = quotation.price_passed_at = None
    session.flush()
    return quotation


def send_quotation(session: Session, record_id: int, version: int | None, *, way: str | None = None, on: date | None = None) -> Quotation:
    """Note that the quotation went to the customer ``on`` a day (today), by a ``way`` of the list ``sales.quotation_way``.

    The edition before it, if there is one, is replaced by that. Raises :class:`PriceNotPassed` for a draft with a price that finance has to
    pass first, :class:`NothingQuoted` without amount, :class:`BadInput` for a day to come and for one on which it is not valid any more.
    """
    quotation: Quotation = get_for(session, Quotation, "update", record_id, version)
    name_action(session, quotation, "send")
    after = LIFECYCLE.move(quotation.state, "send")
    sent_way, sent_on = needed_code(session, "sales.quotation_way", way, "way"), on or today()
    if sent_on > today():
        raise BadInput(fields={"on": msg("This day is in the future. Please choose today or an earlier day.")})
    _check(quotation)
    if quotation.state is QuotationState.DRAFT:
        if (why := price_doubt(session, quotation)) is not None:
            raise PriceNotPassed(why)
        quotation.price_doubt = None  # what was refused before was mended since
    quotation.sent_way, quotation.sent_on, quotation.state, quotation.state_reason = sent_way, sent_on, after, None
    _check_validity(quotation, quotation.sent_on)
    session.flush()
    _replace_former(session, quotation)
    _number(session, quotation)
    return quotation


def accept_quotation(
    session: Session, record_id: int, version: int | None, *, on: date | None = None, answer: str | None = None
) -> Quotation:
    """Note that the customer has accepted ``on`` a day (today) on which the quotation was sent and valid."""
    return _answered(session, record_id, version, "accept", on, answer, still_valid=True)


def decline_quotation(
    session: Session, record_id: int, version: int | None, *, reason: str | None = None, on: date | None = None, answer: str | None = None
) -> Quotation:
    """Note that the customer has declined, for a reason of the list ``sales.lost_reason``."""
    quotation = _answered(session, record_id, version, "decline", on, answer)
    quotation.declined_reason = needed_code(session, "sales.lost_reason", reason)
    session.flush()
    return quotation


def revise_quotation(session: Session, record_id: int, version: int | None) -> Quotation:
    """Begin the next edition of a quotation that the customer has: a draft with the same lines, which takes its place once it is sent.

    Raises :class:`IllegalTransition` for one that is not sent or has been accepted, :class:`NewerEdition` for one that has a successor.
    """
    former: Quotation = get_for(session, Quotation, "update", record_id, version)
    name_action(session, former, "revise")
    if former.state not in REVISED:
        raise IllegalTransition(
            msg("Only a quotation that was sent and not accepted can be revised; this is “%(state)s”.", state=former.state.label)
        )
    _lock(session, former)
    with as_system(session, "a quotation has one successor, whoever wrote it"):
        if session.scalar(select(Quotation.id).where(Quotation.former_id == former.id).limit(1)) is not None:
            raise NewerEdition
    fields = Quotation.fields()
    values = {name: getattr(former, f"{name}_id" if fields[name].kind == "reference" else name) for name in CARRIED}
    following = create_quotation(session, values | {"lines": copied(lines_of(session, QuotationLine, former.id))})
    following.former_id, following.number, following.edition = former.id, former.number, former.edition + 1
    session.flush()
    return following


def order_quotation(session: Session, record_id: int, version: int | None) -> Order:
    """Write a draft order with the lines of an accepted quotation; nobody has to, an order may rest on none (R-212).

    Raises :class:`BadInput` for a quotation that is not accepted, :class:`OrderedAlready` while an order of it is there.
    """
    quotation: Quotation = get_for(session, Quotation, "update", record_id, version)
    name_action(session, quotation, "order")
    _lock(session, quotation)
    with as_system(session, "a quotation is ordered once from its page, whoever did it"):
        placed = select(Order.id).where(Order.quotation_id == quotation.id, Order.state != OrderState.CANCELLED)
        if session.scalar(placed.limit(1)) is not None:
            raise OrderedAlready
    values = {
        "title": quotation.title,
        "customer": quotation.customer_id,
        "opportunity": quotation.opportunity_id,
        "project": quotation.project_id,
    }
    return create_order(session, values | {"quotation": quotation.id})


def expire_quotations(session: Session, day: date, limit: int = 500) -> int:
    """Note that sent quotations not valid on ``day`` any more have expired and tell their owners; return how many, at most ``limit``."""
    with as_system(session, "quotations are not valid any more"):
        over = select(Quotation).where(Quotation.state == QuotationState.SENT, Quotation.valid_until < day).order_by(Quotation.id)
        found = session.scalars(over.limit(limit).with_for_update()).all()
        for quotation in found:
            open_for_writing(session, quotation)
            name_action(session, quotation, "expire")
            quotation.state = LIFECYCLE.move(quotation.state, "expire")
            said = msg("Your quotation %(number)s has expired without an answer.", number=quotation.number)
            tell(session, [quotation.owner_id], said, f"/quotations/{quotation.id}")
        session.flush()
    return len(found)


def _lock(session: Session, quotation: Quotation) -> None:
    """Of two who make something from a quotation at once the second waits, and sees what the first has made."""
    session.execute(select(Quotation.id).where(Quotation.id == quotation.id).with_for_update())


def _answered(
    session: Session, record_id: int, version: int | None, verb: str, on: date | None, answer: str | None, *, still_valid: bool = False
) -> Quotation:
    quotation: Quotation = get_for(session, Quotation, "update", record_id, version)
    name_action(session, quotation, verb)
    quotation.state = LIFECYCLE.move(quotation.state, verb)
    day = on or today()
    if day > today() or (quotation.sent_on is not None and day < quotation.sent_on):
        raise BadInput(fields={"on": msg("A quotation is answered between the day it was sent and today. Please check the day.")})
    if still_valid:
        _check_validity(quotation, day)
    quotation.answered_on, quotation.answer = day, clean_reason(answer, "answer")
    session.flush()
    return quotation


def _check(quotation: Quotation) -> None:
    if quotation.amount <= 0:
        raise NothingQuoted


def _check_validity(quotation: Quotation, day: date) -> None:
    if quotation.valid_until is not None and day > quotation.valid_until:
        said = msg(
            "The quotation was valid until %(day)s. Please choose a day up to then, or make a new version.",
            day=on_day(quotation.valid_until),
        )
        raise BadInput(fields={"on": said})


def _replace_former(session: Session, quotation: Quotation) -> None:
    """What the customer had before is replaced; raises :class:`IllegalTransition` when it has been accepted meanwhile."""
    if quotation.former_id is None:
        return
    with as_system(session, "a new edition takes the place of the former one, whoever wrote it"):
        former = session.get(Quotation, quotation.former_id)
        assert former is not None
        open_for_writing(session, former)
        name_action(session, former, "replace")
        former.state = LIFECYCLE.move(former.state, "replace")
        session.flush()


def _number(session: Session, quotation: Quotation) -> None:
    if quotation.number is None:
        year = today().year
        quotation.number = quotation_number(year, take_number(session, quotation.company_id, Quotation.__resource__, year))
        session.flush()
