"""Reminders by the day: feedback that is overdue (R-229, R-326)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core.access.guard import as_system, open_for_writing
from core.audit.trail import name_action
from core.kernel.clock import today
from core.kernel.words import msg, on_day
from core.work.notices import notify
from plugins.billing.queries import overdue_feedback


def remind_of_feedback(session: Session, limit: int = 500) -> int:
    """Tell the salesperson of every invoice whose feedback is overdue, once each; return how many, at most ``limit``."""
    with as_system(session, "feedback on invoices is overdue"):
        found = session.scalars(overdue_feedback(limit)).all()
        for invoice in found:
            open_for_writing(session, invoice)
            name_action(session, invoice, "remind")
            invoice.reminded_on = today()
            said = msg(
                "The feedback on the invoice %(number)s was due on %(day)s. Please report its status.",
                number=invoice.tax_number,
                day=on_day(invoice.feedback_due_on),
            )
            notify(session, invoice.owner_id, said, f"/invoices/{invoice.id}")
        session.flush()
    return len(found)
