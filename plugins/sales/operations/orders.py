"""An order as a draft: entered, changed, thrown away (R-098, R-214, R-330)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for
from core.database.changes import apply_changes, make_record
from core.database.lines import Lines, delete_with_lines, lines_of, parted
from core.extension.calling import hooks
from core.kernel.clock import now, today
from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.organisation.parameters import parameter
from plugins.sales.errors import NoSuchContract, NotDraft
from plugins.sales.models import Opportunity, OpportunityLine, Order, OrderLine, Quotation, QuotationLine
from plugins.sales.operations.lines import copied, write_lines
from plugins.sales.operations.pricing import check_project
from plugins.sales.public import ContractFound
from plugins.sales.rules.opportunities import why_no_document
from plugins.sales.rules.orders import OrderState
from plugins.sales.rules.quotations import QuotationState

ASK_CONTRACT = "crm_sales_contract_numbered"


def create_order(session: Session, values: Mapping[str, Any]) -> Order:
    """Enter a draft order of ``values["customer"]``; it belongs to whoever enters it.

    ``values["lines"]`` may hold its lines; without them those of the quotation it rests on are copied, else of the opportunity (R-212).
    Raises :class:`BadInput`, :class:`NoSuchContract` for a contract number that leads nowhere, and :class:`NotFound` for a customer that
    one may not see.
    """
    authorise(Order, "create")
    own, lines = parted(values)
    order: Order = make_record(Order, own)
    with session.no_autoflush:
        check_opportunity(session, order)
        _check_quotation(session, order)
        check_project(session, order)
        check_contract(session, order)
    session.add(order)
    session.flush()
    _write(session, order, lines or _lines_before(session, order))
    return order


def change_order(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> Order:
    """Change the given fields of a draft, and its lines when ``changes["lines"]`` is given; raises :class:`NotDraft` otherwise."""
    order: Order = get_for(session, Order, "update", record_id, version)
    if order.state is not OrderState.DRAFT:
        raise NotDraft(order.state.label)
    own, lines = parted(changes)
    with session.no_autoflush:
        changed = apply_changes(order, own)
        if "opportunity" in changed or "customer" in changed:
            check_opportunity(session, order)
        if "quotation" in changed or "customer" in changed:
            _check_quotation(session, order)
        if "project" in changed or "customer" in changed:
            check_project(session, order)
        if "contract_number" in changed or "customer" in changed:
            check_contract(session, order)
    if lines is not None:
        _write(session, order, lines)
    session.flush()
    return order


def delete_order(session: Session, record_id: int, version: int | None) -> None:
    """Throw away a draft that was never submitted; one with a number is cancelled instead."""
    order: Order = get_for(session, Order, "delete", record_id, version)
    if order.state is not OrderState.DRAFT or order.number:
        raise NotDraft(order.state.label)
    delete_with_lines(session, OrderLine, order)


def check_contract(session: Session, order: Order, *, needed: bool = False) -> None:
    """See that the contract number leads to a contract in force with the customer, and keep what it is called.

    Where nobody keeps contracts the number is only text. ``needed``: there has to be one, always where contracts are kept, else if the
    parameter ``sales.require_contract`` says so. Raises :class:`NoSuchContract`, :class:`BadInput`.
    """
    kept = hooks().heard(ASK_CONTRACT)
    if not order.contract_number:
        order.contract_id = None
        if needed and (kept or parameter(session, "sales.require_contract")):
            raise BadInput(fields={"contract_number": msg("An order is based on a contract. Please enter its number.")})
        return
    if not kept:
        return
    found: ContractFound | None = hooks().crm_sales_contract_numbered(session=session, number=order.contract_number)
    if found is None or not found.open or found.customer_id != order.customer_id:
        raise NoSuchContract(order.contract_number)
    order.contract_number, order.contract_id = found.number, found.id


def check_opportunity(session: Session, document: Any) -> None:
    """See that the opportunity of an order or a quotation is with the same customer, not lost where it is new; raises :class:`BadInput`."""
    if document.opportunity_id is None:
        return
    opportunity = session.get(Opportunity, document.opportunity_id)
    if opportunity is not None and opportunity.customer_id != document.customer_id:
        raise BadInput(fields={"opportunity": msg("This opportunity is with another customer. Please choose one of this customer.")})
    state: Any = inspect(document)
    if opportunity is not None and state.attrs.opportunity_id.history.has_changes() and (reason := why_no_document(opportunity.state)):
        raise BadInput(fields={"opportunity": reason})


def lines_of_opportunity(session: Session, opportunity_id: int | None) -> Lines:
    """The lines of an opportunity as another document takes them; none of none."""
    return copied(lines_of(session, OpportunityLine, opportunity_id)) if opportunity_id is not None else ()


def _check_quotation(session: Session, order: Order) -> None:
    """An order rests on a quotation that the same customer has accepted, or on none (R-212)."""
    if order.quotation_id is None:
        return
    quotation = session.get(Quotation, order.quotation_id)
    if quotation is not None and quotation.customer_id != order.customer_id:
        raise BadInput(fields={"quotation": msg("This quotation is for another customer. Please choose one of this customer.")})
    if quotation is not None and quotation.state is not QuotationState.ACCEPTED:
        raise BadInput(fields={"quotation": msg("The customer has not accepted this quotation. Please note the answer first.")})


def _lines_before(session: Session, order: Order) -> Lines:
    if order.quotation_id is not None:
        return copied(lines_of(session, QuotationLine, order.quotation_id))
    return lines_of_opportunity(session, order.opportunity_id)


def _write(session: Session, order: Order, lines: Lines) -> None:
    order.amount = write_lines(session, OrderLine, order, lines, today())
    order.updated_at = now()  # also when the amount stays: whoever has the order open must not overwrite these lines
    session.flush()
