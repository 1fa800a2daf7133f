"""What stands on the desk: notices and invoices for the clerk, feedback for the salesperson, receipts for the contract administrator."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for

from core.database.together import Told, ToldRow
from core.extension.exchange import DeskChart, DeskFigure, DeskTask
from core.kernel.acting import actor
from core.kernel.clock import months_ago
from core.kernel.money import from_fen
from core.kernel.words import Message, msg
from plugins.billing.errors import shown
from plugins.billing.permissions import ALLOCATION, DELIVER, FEED_BACK, INVOICE, ISSUE, NOTICE
from plugins.billing.queries import feedback_due, receipts_to_allocate, to_deliver, to_issue
from plugins.billing.rules.states import ELECTRONIC, InvoiceState, ReceiptState


def figures() -> Sequence[DeskFigure]:
    """What came in, but for what was paid back altogether."""
    kept = [one.value for one in ReceiptState if one is not ReceiptState.REFUNDED]
    return [DeskFigure(msg("Money received"), "receipts", "amount", {"state": kept}, "received_on")]


def charts() -> Sequence[DeskChart]:
    """Collections of twelve months."""
    received = {"received_on_from": months_ago(11).isoformat()}
    return [DeskChart(msg("Received month by month"), "receipts", "received_on", "amount", "line", received)]


def tasks() -> Sequence[Told]:
    """Notices to issue, invoices to send out and to feed back, and receipts to allocate, for those whose work that is."""
    offered = (
        (NOTICE, ISSUE, to_issue(), _notice, ("invoice-notices", "waiting")),
        (INVOICE, DELIVER, to_deliver(), _delivery, ("invoices", "deliver")),
        (INVOICE, FEED_BACK, feedback_due(), _feedback, ("invoices", "feedback")),
        (ALLOCATION, "create", receipts_to_allocate(), _receipt, ("receipts", "open")),
    )
    return [Told(rows, tell, all=whole) for right, verb, rows, tell, whole in offered if actor().may(right, verb)]


def _notice(row: ToldRow) -> DeskTask:
    note = str(msg("Issue the invoice"))
    return DeskTask(row.texts[0] or "", url_for("InvoiceNoticesView.show", pk=row.id), row.day, note)


def _delivery(row: ToldRow) -> DeskTask:
    title, state, kind, reason = row.texts
    note: Message = msg("Send the invoice electronically") if kind in ELECTRONIC else msg("Print and mail the invoice")
    if state == InvoiceState.PROBLEM:
        note = msg("Problem: %(reason)s", reason=reason or "")
    return DeskTask(title or "", url_for("InvoicesView.show", pk=row.id), None, str(note))


def _feedback(row: ToldRow) -> DeskTask:
    note = str(msg("Report the status of the invoice"))
    return DeskTask(row.texts[0] or "", url_for("InvoicesView.show", pk=row.id), row.day, note)


def _receipt(row: ToldRow) -> DeskTask:
    payer, rest, *_ = row.texts
    note = str(msg("%(rest)s to be allocated", rest=shown(from_fen(int(rest or 0)))))
    return DeskTask(payer or "", url_for("ReceiptsView.show", pk=row.id), row.day, note)
