"""What the rules of contracts depend on, and each company may set for itself."""

from __future__ import annotations

from core.database.fields import Field
from core.extension.exchange import ParameterSpec
from core.kernel.words import Message, msg


def _days(name: str, label: Message, default: int, help_text: Message, source: str) -> ParameterSpec:
    field = Field("integer", msg("Days"))
    return ParameterSpec(f"contracts.{name}", label, field, default, help_text, source, msg("days"), least=0, most=3660)


def _working_days(name: str, label: Message, default: int, help_text: Message, source: str, least: int = 1) -> ParameterSpec:
    """Days of a duty: nobody is late because of a weekend or a holiday."""
    field = Field("integer", msg("Number of working days"))
    return ParameterSpec(f"contracts.{name}", label, field, default, help_text, source, msg("working days"), least=least, most=366)


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
    _working_days(
        "text_days",
        msg("Working days for handing over the text"),
        3,
        msg("Counted from signing; after that the contract is listed under “Text handover overdue”."),
        "R-333",
    ),
    _working_days("entry_days", msg("Working days for confirming the entry"), 3, msg("After the text was handed over."), "R-333"),
    _working_days(
        "oral_days",
        msg("Working days for entering an oral contract"),
        1,
        msg("After the agreement; what comes later is marked as entered late."),
        "R-337",
        least=0,
    ),
    _days(
        "writing_days",
        msg("Days for confirming in writing"),
        30,
        msg("After the oral agreement; then whoever made it is reminded."),
        "R-226",
    ),
)
