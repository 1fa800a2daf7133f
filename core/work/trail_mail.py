"""The heads of the trail go out by mail once a day, and its alarms at once: what lies in other mailboxes nobody can set back (R-445)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.alarms import SENTENCES
from core.audit.blocks import PLATFORM
from core.audit.models import AuditBlock
from core.extension.exchange import JobHandler, Task
from core.kernel.acting import acting_as
from core.kernel.clock import today
from core.kernel.words import msg, on_day
from core.organisation.models import Company
from core.work.claims import HOUSE
from core.work.mail import post_office, send_after_commit


def heads_told(session: Session, company: Company) -> str:
    """The newest heads of the company's chain and of the platform's, one line each, as ``audit heads`` prints them."""
    lines = []
    for name, chain in ((company.slug, company.id), ("platform", PLATFORM)):
        asked = select(AuditBlock).where(AuditBlock.chain == chain).order_by(AuditBlock.number.desc()).limit(1)
        if block := session.scalars(asked).first():
            lines.append(f"{name} {block.number} {block.head}")
    return "\n".join(lines)


def _mail_heads(session: Session, task: Task) -> Any:
    with acting_as(HOUSE):
        company = session.get_one(Company, task.company_id)
        heads = heads_told(session, company)
    subject = msg("Heads of the audit trail of %(company)s on %(day)s", company=company.name, day=on_day(today()))
    text = msg(
        "Please keep this mail. It proves later that nothing up to here was rewritten (chain, block, head):\n\n%(heads)s\n\n"
        "To check an exported trail against it: python -I verify_trail.py FOLDER HEAD",
        heads=heads,
    )
    for address in post_office().auditors if heads else ():
        send_after_commit(session, task.company_id, address, subject, text, key=f"heads {today().isoformat()} {address}")


def mail_alarm(session: Session, company_id: int, kind: str) -> None:
    """Tell those outside that something is wrong with the trail; they hear of it also when nobody opens a page."""
    for address in post_office().auditors:
        send_after_commit(session, company_id, address, msg("Alarm of the audit trail"), SENTENCES[kind])


MAIL_HEADS = JobHandler("core.mail_heads", _mail_heads, msg("Mail the heads of the audit trail"), every_minutes=24 * 60)
