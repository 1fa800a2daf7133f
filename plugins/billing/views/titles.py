"""Buyer's title data on screen."""

from __future__ import annotations

from core.kernel.words import msg
from core.web.nouns import Group, Noun, Shown
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView
from plugins.billing import operations
from plugins.billing.models import InvoiceTitle

TITLES = Noun(
    plugin="billing",
    model=InvoiceTitle,
    path="invoice-titles",
    alike=("name",),
    title=msg("Buyer's title data"),
    plural=msg("Buyer's title data"),
    icon="id",
    columns=(
        Shown("name", ColumnKind.NAME, CardPlace.NAME),
        Shown("customer", place=CardPlace.LAST),
        Shown("tax_number", place=CardPlace.SUM),
        Shown("bank", quiet=True),
        Shown("account", quiet=True),
        Shown("proposed"),
    ),
    groups=(Group(msg("Buyer's title data"), ("name", "customer", "tax_number", "bank", "account", "address", "phone", "proposed")),),
    filters=("customer",),
    facts=("tax_number", "customer"),
    create=operations.add_title,
    change=operations.change_title,
    delete=operations.remove_title,
    create_label=msg("New title data"),
    empty=msg("Name, tax number, bank and address that appear on a customer's invoices."),
)


class InvoiceTitlesView(RecordView):
    """List, page and form of title data."""

    noun = TITLES
