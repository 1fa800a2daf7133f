"""A quotation as a draft: entered, changed, thrown away (R-097, R-212)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for
from core.database.changes import apply_changes, make_record
from core.database.lines import Lines, delete_with_lines, parted
from core.kernel.clock import now, today
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from core.organisation.parameters import parameter
from plugins.customers.public import belongs_to
from plugins.sales.errors import NotDraft
from plugins.sales.models import Quotation, QuotationLine
from plugins.sales.operations.lines import write_lines
from plugins.sales.operations.orders import check_opportunity, lines_of_opportunity
from plugins.sales.operations.pricing import check_project
from plugins.sales.rules.quotations import QuotationState, days_are_sound


def create_quotation(session: Session, values: Mapping[str, Any]) -> Quotation:
    """Enter a draft quotation for ``values["customer"]``; it belongs to whoever enters it, and bears the day of today unless one is given.

    ``values["lines"]`` may hold its lines; without them those of the opportunity it is about are copied. Raises :class:`BadInput`, and
    :class:`NotFound` for a customer that one may not see.
    """
    authorise(Quotation, "create")
    own, lines = parted(values)
    quotation: Quotation = make_record(Quotation, own)
    quotation.edition = 1
    with session.no_autoflush:
        _check(session, quotation)
    session.add(quotation)
    session.flush()
    write_quoted(session, quotation, lines or lines_of_opportunity(session, quotation.opportunity_id))
    return quotation


def change_quotation(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> Quotation:
    """Change the given fields of a draft, and its lines when ``changes["lines"]`` is given; raises :class:`NotDraft` otherwise."""
    quotation: Quotation = get_for(session, Quotation, "update", record_id, version)
    if quotation.state is not QuotationState.DRAFT:
        raise NotDraft(quotation.state.label)
    own, lines = parted(changes)
    with session.no_autoflush:
        apply_changes(quotation, own)
        _check(session, quotation)
    if lines is not None:
        write_quoted(session, quotation, lines)
    session.flush()
    return quotation


def delete_quotation(session: Session, record_id: int, version: int | None) -> None:
    """Throw away a draft that has no number of its own yet: a first edition never made ready, a later one never sent."""
    quotation: Quotation = get_for(session, Quotation, "delete", record_id, version)
    if quotation.state is not QuotationState.DRAFT or (quotation.number and quotation.former_id is None):
        raise NotDraft(quotation.state.label)
    delete_with_lines(session, QuotationLine, quotation)


def write_quoted(session: Session, quotation: Quotation, lines: Lines) -> None:
    """Replace the lines of a quotation that a verb has opened; they make its amount."""
    quotation.amount = write_lines(session, QuotationLine, quotation, lines, quotation.quoted_on or today())
    quotation.updated_at = now()  # also when the amount stays: whoever has the quotation open must not overwrite these lines
    session.flush()


def _check(session: Session, quotation: Quotation) -> None:
    """Fill in the days that nobody gave, and see that what is named belongs together."""
    quotation.quoted_on = quotation.quoted_on or today()
    if quotation.valid_until is None:
        quotation.valid_until = quotation.quoted_on + timedelta(days=int(parameter(session, "sales.quotation_days", quotation.quoted_on)))
    wrong: dict[str, Message] = {}
    if not days_are_sound(quotation.quoted_on, quotation.valid_until):
        wrong["valid_until"] = msg("The quotation would have ended before its own date. Please choose a later day.")
    if quotation.contact_id is not None and not belongs_to(session, quotation.contact_id, quotation.customer_id):
        wrong["contact"] = msg("This contact belongs to another customer. Please choose one of this customer.")
    if wrong:
        raise BadInput(fields=wrong)
    check_opportunity(session, quotation)
    check_project(session, quotation)
