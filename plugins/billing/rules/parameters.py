"""What the rules of billing depend on and each company may set."""

from __future__ import annotations

from core.database.fields import Field
from core.extension.exchange import ParameterSpec
from core.kernel.words import msg

PARAMETERS: tuple[ParameterSpec, ...] = (
    ParameterSpec(
        "billing.feedback_days",
        msg("Days for the feedback on an invoice"),
        Field("integer", msg("Days")),
        30,
        msg("Counted from the date of issue; afterwards the salesperson is reminded."),
        source="R-326",
        unit=msg("days"),
        least=1,
        most=365,
    ),
    ParameterSpec(
        "billing.issue_days",
        msg("Working days to issue an invoice"),
        Field("integer", msg("Number of working days")),
        2,
        msg("Counted from the sending of the notice."),
        source="R-327",
        unit=msg("working days"),
        least=0,
        most=60,
    ),
    ParameterSpec(
        "billing.booking_days",
        msg("Days for the customer to book an invoice in"),
        Field("integer", msg("Days")),
        30,
        msg("Counted from the mailing; afterwards the clerk reminds the salesperson."),
        source="R-328",
        unit=msg("days"),
        least=1,
        most=365,
    ),
    ParameterSpec(
        "billing.ageing_bands",
        msg("Bands of the ageing analysis"),
        Field("text", msg("Days overdue"), max_length=60),
        "30,60,90,180",
        msg("Whole days in rising order, separated by commas."),
        source="R-234",
        unit=msg("days"),
    ),
    ParameterSpec(
        "billing.voucher_years",
        msg("Years for which vouchers are kept"),
        Field("integer", msg("Years")),
        30,
        msg("Issued invoices and receipts keep the data of a person who is erased for so many years from the end of their own year."),
        source="R-462",
        unit=msg("years"),
        least=5,
        most=100,
    ),
)
