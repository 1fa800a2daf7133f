"""What the rules of contracts depend on, and each company may set for itself."""

from __future__ import annotations

from core.database.fields import Field
from core.extension.exchange import ParameterSpec
from core.kernel.words import Message, msg


def _days(name: str, label: Message, default: int, help_text: Message, source: str) -> ParameterSpec:
    field = Field("integer", msg("Days"))
    return ParameterSpec(f"contracts.{name}", label, field, default, help_text, source, msg("days"), least=0, most=3660)


PARAMETERS: tuple[ParameterSpec, ...] = (
    _days(
        "payment_days",
        msg("Days between two payments"),
        30,
        msg("For contracts without a schedule, and between the parts of a schedule made by shares."),
        "R-227",
    ),
    _days(
        "invoice_lead_days",
        msg("Days before the due date on which a payment becomes invoiceable"),
        0,
        msg("For payments that become invoiceable on their date."),
        "R-227",
    ),
    _days("reminder_days", msg("Days before the end of a contract"), 30, msg("Owner and handler are reminded this early."), "R-104"),
    _days(
        "text_days",
        msg("Days for handing over the text"),
        3,
        msg("After the signing; later the contract stands in the list of overdue texts."),
        "R-333",
    ),
    _days("entry_days", msg("Days for confirming the entry"), 3, msg("After the text was handed over."), "R-333"),
    _days(
        "oral_days",
        msg("Days for entering an oral contract"),
        1,
        msg("After the agreement; what comes later is marked as entered late."),
        "R-337",
    ),
    _days(
        "writing_days",
        msg("Days for confirming in writing"),
        30,
        msg("After the oral agreement; then whoever made it is reminded."),
        "R-226",
    ),
)
