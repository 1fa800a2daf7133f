"""Follow-ups with a customer: written by whoever spoke with it, kept on the customer as last contact and next step (R-072, R-340)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for
from core.audit.statements import ACTION, KEEP_UP
from core.database.changes import apply_changes, make_record
from core.kernel.acting import actor
from core.kernel.clock import local, now
from core.kernel.errors import BadInput, Forbidden
from core.kernel.words import Message, msg
from plugins.customers.errors import NotReviewed
from plugins.customers.models import Contact, Customer, Interaction
from plugins.customers.rules import Review, is_past_or_now

NOT_MINE = msg("Only the author can change a follow-up.")


def write_interaction(session: Session, values: Mapping[str, Any], *, moment: datetime | None = None) -> Interaction:
    """Write down a follow-up with the customer named by ``values["customer"]``; ``moment`` is the clock, by default now.

    Raises :class:`NotReviewed` before the head has approved the customer (R-340), :class:`BadInput` for a time to come, a next contact in
    the past, or a contact of another customer.
    """
    authorise(Interaction, "create")
    interaction: Interaction = make_record(Interaction, {**values, "at": values.get("at") or moment or now()})
    customer: Customer = get_for(session, Customer, "read", interaction.customer_id)
    if customer.review != Review.APPROVED:
        raise NotReviewed
    interaction.person_id = actor().employee_id
    _check(session, interaction, moment or now())
    session.add(interaction)
    session.flush()
    _keep_on_customer(session, interaction.customer_id)
    return interaction


def change_interaction(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> Interaction:
    """Change a follow-up that one has written oneself; raises :class:`Forbidden` for another's, :class:`BadInput` as on writing."""
    interaction: Interaction = get_for(session, Interaction, "update", record_id, version)
    _own(interaction)
    if changes.get("customer", interaction.customer_id) != interaction.customer_id:
        raise BadInput(fields={"customer": msg("A follow-up stays with its customer. Please write a new one for the other customer.")})
    with session.no_autoflush:
        changed = apply_changes(interaction, {**changes, "at": changes.get("at") or interaction.at})
        _check(session, interaction, now(), fresh="next_on" in changed)
    session.flush()
    _keep_on_customer(session, interaction.customer_id)
    return interaction


def remove_interaction(session: Session, record_id: int, version: int | None) -> None:
    """Remove a follow-up that one has written oneself by mistake."""
    interaction: Interaction = get_for(session, Interaction, "delete", record_id, version)
    _own(interaction)
    session.delete(interaction)
    session.flush()
    _keep_on_customer(session, interaction.customer_id)


def _own(interaction: Interaction) -> None:
    if interaction.person_id != actor().employee_id:
        raise Forbidden(NOT_MINE)


def _check(session: Session, interaction: Interaction, moment: datetime, *, fresh: bool = True) -> None:
    wrong: dict[str, Message] = {}
    if not is_past_or_now(interaction.at, moment):
        wrong["at"] = msg("A follow-up lies in the past. Please enter what is planned under the next contact.")
    if fresh and interaction.next_on is not None and interaction.next_on < local(moment).date():
        wrong["next_on"] = msg("The next contact must be today or later. Please choose a later day.")
    if interaction.contact_id is not None and not _belongs(session, interaction):
        wrong["contact"] = msg("This contact belongs to another customer. Please choose one of this customer.")
    if wrong:
        raise BadInput(fields=wrong)


def _belongs(session: Session, interaction: Interaction) -> bool:
    found = select(Contact.id).where(Contact.id == interaction.contact_id, Contact.customer_id == interaction.customer_id)
    return session.scalar(found) is not None


def _keep_on_customer(session: Session, customer_id: int) -> None:
    """Repeat the latest follow-up on the customer.

    A statement of its own, because a follow-up is no change of the customer: it must neither raise its version under somebody who is
    editing it nor ask for the right to edit it. The row is locked first, so that of two follow-ups at once the later one counts.
    """
    session.scalar(select(Customer.id).where(Customer.id == customer_id).with_for_update())
    newest = (
        select(Interaction).where(Interaction.customer_id == customer_id).order_by(Interaction.at.desc(), Interaction.id.desc()).limit(1)
    )
    last = session.scalars(newest).one_or_none()
    kept = {
        "last_contact_at": last.at if last else None,
        "next_contact_on": last.next_on if last else None,
        "next_step": last.next_step if last else None,
        "updated_at": Customer.updated_at,
    }
    # Reviewed: see above; the follow-up itself was allowed.
    reviewed = {"synchronize_session": "fetch", "keguan_reviewed": True, ACTION: KEEP_UP}
    session.execute(update(Customer).where(Customer.id == customer_id).values(kept), execution_options=reviewed)
