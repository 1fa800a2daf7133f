"""Contacts of a customer (R-071)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for, open_for_writing
from core.database.changes import apply_changes, make_record
from core.kernel.errors import BadInput
from core.kernel.words import msg
from plugins.customers.errors import ContactInUse
from plugins.customers.models import Contact, Customer, Interaction


def add_contact(session: Session, values: Mapping[str, Any]) -> Contact:
    """Add a contact to the customer named by ``values["customer"]``; the first one is the primary contact.

    Raises :class:`BadInput`, and :class:`NotFound` for a customer that one may not see.
    """
    authorise(Contact, "create")
    contact: Contact = make_record(Contact, values)
    get_for(session, Customer, "read", contact.customer_id)
    if not _siblings(session, contact):
        contact.primary = True
    session.add(contact)
    session.flush()
    _only_primary(session, contact)
    return contact


def change_contact(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> Contact:
    """Change the given fields of a contact; it stays with its customer."""
    contact: Contact = get_for(session, Contact, "update", record_id, version)
    if changes.get("customer", contact.customer_id) != contact.customer_id:
        raise BadInput(fields={"customer": msg("A contact stays with its customer. Please add it to the other customer anew.")})
    apply_changes(contact, changes)
    session.flush()
    _only_primary(session, contact)
    return contact


def remove_contact(session: Session, record_id: int, version: int | None) -> None:
    """Remove a contact that no follow-up names; raises :class:`ContactInUse` otherwise."""
    contact: Contact = get_for(session, Contact, "delete", record_id, version)
    if session.scalar(select(Interaction.id).where(Interaction.contact_id == record_id).limit(1)):
        raise ContactInUse
    session.delete(contact)
    session.flush()


def _siblings(session: Session, contact: Contact) -> list[Contact]:
    others = select(Contact).where(Contact.customer_id == contact.customer_id)
    if contact.id is not None:
        others = others.where(Contact.id != contact.id)
    return list(session.scalars(others))


def _only_primary(session: Session, contact: Contact) -> None:
    """Whoever becomes the primary contact takes the mark from the others."""
    if not contact.primary:
        return
    for other in _siblings(session, contact):
        if other.primary:
            open_for_writing(session, other)
            other.primary = False
    session.flush()
