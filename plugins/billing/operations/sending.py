"""The way of a notice to the clerk: sent within what may be invoiced, withdrawn, returned, closed (R-227, R-329)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy.orm import Session

from core.access.guard import as_system, get_for
from core.access.people import holders
from core.database.answers import needed_reason
from core.database.lines import lines_of
from core.database.numbers import take_number
from core.kernel.acting import employee_id
from core.kernel.clock import today
from core.kernel.errors import BadInput
from core.kernel.words import Message, listed, msg, on_day
from core.organisation.parameters import parameter
from core.organisation.working_days import add_working_days
from core.work.notices import notify
from plugins.billing.errors import NotInvoiceable, OverInvoiceable, TitleIncomplete
from plugins.billing.models import InvoiceNotice, NoticeLine
from plugins.billing.operations.notices import copy_buyer
from plugins.billing.permissions import CLOSE, ISSUE, SEND
from plugins.billing.queries import claimed_of_contract, claimed_of_part
from plugins.billing.rules.documents import notice_number
from plugins.billing.rules.money import ZERO, spread
from plugins.billing.rules.states import NOTICE_CYCLE, SPECIALS, WAITING_NOTICES, InvoiceKind
from plugins.contracts.public import invoiceable_amount, lock_contract, schedule_of


def send_notice(session: Session, record_id: int, version: int | None) -> InvoiceNotice:
    """Send a notice to the invoicing clerks, with the buyer's data of now; the first time it gets the year's next number.

    Raises :class:`NotInvoiceable`, :class:`OverInvoiceable`, :class:`TitleIncomplete`, :class:`BadInput` without lines.
    """
    notice: InvoiceNotice = get_for(session, InvoiceNotice, SEND, record_id, version)
    notice.state = NOTICE_CYCLE.move(notice.state, "send")
    if notice.amount <= 0:
        raise BadInput(fields={"lines": msg("Please say what is to be invoiced: this notice has no lines yet.")})
    copy_buyer(session, notice)
    _check_buyer(notice)
    _claim(session, notice)
    notice.sent_on, notice.state_reason = today(), None
    notice.due_on = add_working_days(session, notice.sent_on, parameter(session, "billing.issue_days"))
    session.flush()
    said = msg("An invoice is to be issued: %(title)s, by %(day)s.", title=notice.title, day=on_day(notice.due_on))
    _tell(session, notice, _clerks(session), said)
    if notice.number is None:
        year = notice.sent_on.year
        notice.number = notice_number(year, take_number(session, notice.company_id, InvoiceNotice.__resource__, year))
        session.flush()
    return notice


def withdraw_notice(session: Session, record_id: int, version: int | None, *, reason: str | None = None) -> InvoiceNotice:
    """Take a notice back of which nothing was issued; its number is not given again, and the clerks for whom it waited are told."""
    notice: InvoiceNotice = get_for(session, InvoiceNotice, SEND, record_id, version)
    waited = notice.state in WAITING_NOTICES
    notice.state = NOTICE_CYCLE.move(notice.state, "withdraw")
    notice.state_reason = needed_reason(reason)
    _release(session, notice)
    if waited:
        said = msg("The invoice notice %(number)s was withdrawn: %(reason)s", number=notice.number, reason=notice.state_reason)
        _tell(session, notice, _clerks(session), said)
    return notice


def return_notice(session: Session, record_id: int, version: int | None, *, reason: str | None = None) -> InvoiceNotice:
    """The clerk sends a notice back to its sender, saying what is wrong; mended, it can be sent again under its number."""
    notice: InvoiceNotice = get_for(session, InvoiceNotice, ISSUE, record_id, version)
    notice.state = NOTICE_CYCLE.move(notice.state, "return")
    notice.state_reason = needed_reason(reason)
    _release(session, notice)
    said = msg("Your invoice notice %(number)s came back: %(reason)s", number=notice.number, reason=notice.state_reason)
    notify(session, notice.owner_id, said, f"/invoice-notices/{notice.id}")
    return notice


def close_notice(session: Session, record_id: int, version: int | None, *, reason: str | None = None) -> InvoiceNotice:
    """Leave the rest of a partly issued notice: it may be invoiced by another one; its sender and the clerks are told."""
    notice: InvoiceNotice = get_for(session, InvoiceNotice, CLOSE, record_id, version)
    notice.state = NOTICE_CYCLE.move(notice.state, "close")
    notice.state_reason, notice.done_on = needed_reason(reason), today()
    _release(session, notice, keep_issued=True)
    said = msg(
        "The rest of the invoice notice %(number)s is no longer needed: %(reason)s", number=notice.number, reason=notice.state_reason
    )
    _tell(session, notice, [notice.owner_id, *_clerks(session)], said)
    return notice


def _claim(session: Session, notice: InvoiceNotice) -> None:
    """Take up what is asked for of the contract and of its parts; two who send at once wait for each other at the contract."""
    lines = lines_of(session, NoticeLine, notice.id)
    wanted: dict[int, Decimal] = {}
    for line in lines:
        if line.part_number is not None:
            wanted[line.part_number] = wanted.get(line.part_number, ZERO) + line.amount
    session.flush()
    with as_system(session, "a notice stays within what may be invoiced, whoever has seen the others"):
        contract = lock_contract(session, notice.contract_id)
        rest = invoiceable_amount(session, contract.id) - claimed_of_contract(session, contract.id)
        parts = {part.position: part for part in schedule_of(session, contract.id) if part.position in wanted}
        claimed = {position: claimed_of_part(session, part.id) for position, part in parts.items()}
    if not contract.open:
        raise NotInvoiceable
    for position, amount in wanted.items():
        if position not in parts or not parts[position].invoiceable:
            raise NotInvoiceable(position)
        if amount > parts[position].amount - claimed[position]:
            raise OverInvoiceable(max(parts[position].amount - claimed[position], ZERO), position)
    if notice.amount > rest:
        raise OverInvoiceable(max(rest, ZERO))
    for line in lines:
        line.claimed = line.amount
        line.part_id = parts[line.part_number].id if line.part_number is not None else None


def _release(session: Session, notice: InvoiceNotice, *, keep_issued: bool = False) -> None:
    """Give back what the notice had taken up of its contract, all or what was not issued."""
    lines = lines_of(session, NoticeLine, notice.id)
    kept = spread(notice.issued if keep_issued else ZERO, [line.amount for line in lines])
    for line, amount in zip(lines, kept, strict=True):
        line.claimed = amount
    session.flush()


def _check_buyer(notice: InvoiceNotice) -> None:
    """The tax office wants a name on each invoice, a tax number for deduction, and bank and address on special ones of paper."""
    wanted: list[tuple[str, Message]] = [("buyer", msg("Buyer"))]
    if notice.kind in SPECIALS:
        wanted.append(("buyer_tax_number", msg("Tax number of the buyer")))
    if notice.kind == InvoiceKind.SPECIAL:
        wanted += [
            ("buyer_bank", msg("Bank")),
            ("buyer_account", msg("Bank account")),
            ("buyer_address", msg("Address")),
            ("buyer_phone", msg("Telephone")),
        ]
    missing = [label for name, label in wanted if not getattr(notice, name)]
    if missing:
        raise TitleIncomplete(listed(missing))


def _clerks(session: Session) -> list[int]:
    return [clerk.id for clerk in holders(session, "invoicing_clerk")]


def _tell(session: Session, notice: InvoiceNotice, receivers: Iterable[int], said: Message) -> None:
    """Each once, and nobody what he or she has done."""
    for receiver in dict.fromkeys(receivers):
        if receiver != employee_id():
            notify(session, receiver, said, f"/invoice-notices/{notice.id}")
