"""The statement of account on paper: what the customer checks, seals and sends back."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from core.exports.typesetting import Case, Column, Form, Group, Row, Signed, Table
from core.kernel.clock import today
from core.kernel.money import to_fen
from core.kernel.words import msg
from core.web import formats
from core.web.printing import PaperHead
from plugins.billing.reports.statement import Statement
from plugins.billing.rules.money import in_capitals

COLUMNS = (msg("Day"), msg("Document"), msg("Number"), msg("Invoiced"), msg("Received"), msg("Balance"))
FIGURES = COLUMNS[3:]
FITTING = (COLUMNS[0], COLUMNS[2])


def paper_of(found: Statement, head: PaperHead) -> Form:
    """The sheet with every document of the period, the balance in words, and room for both seals."""
    about = (
        Row(str(msg("From company")), head["company"]),
        Row(str(msg("Period")), f"{found.since} – {found.until}"),
        Row(str(msg("Printed on")), str(today())),
        Row(str(msg("Closing balance")), _money(found.closing)),
        Row(str(msg("Amount in words")), in_capitals(found.closing), wide=True),
    )
    seals = tuple(Signed(str(msg("Seal and date")), who) for who in (head["company"], found.customer))
    return Form(
        title=str(msg("Statement of account")),
        name=found.customer,
        **head,
        groups=(Group("", about),),
        tables=(_table(found),),
        cases=(Case(str(msg("Confirmation of the balance")), seals),),
    )


def _table(found: Statement) -> Table:
    columns = tuple(Column(str(label), label in FIGURES, label in FITTING) for label in COLUMNS)
    total = (str(found.until), str(msg("Closing balance")), "", _money(found.debit), _money(found.credit), _money(found.closing))
    return Table(str(msg("Documents")), columns, tuple(_lines(found)), total)


def _lines(found: Statement) -> Iterator[tuple[str, ...]]:
    yield (str(found.since), str(msg("Opening balance")), "", "", "", _money(found.opening))
    for one in found.entries:
        yield (str(one.day), str(one.what), one.number, _money(one.debit, "–"), _money(one.credit, "–"), _money(one.balance))


def _money(value: Decimal, nothing: str = "") -> str:
    return formats.money(to_fen(value), exact=True) if value or not nothing else nothing
