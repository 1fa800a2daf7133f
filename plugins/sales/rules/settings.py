"""What each company sets for itself: parameters and code lists of this plugin."""

from __future__ import annotations

from core.database.fields import Field
from core.extension.exchange import CodeListSpec, ParameterSpec
from core.kernel.words import msg

PARAMETERS: tuple[ParameterSpec, ...] = (
    ParameterSpec(
        "sales.still_days",
        msg("Working days until an opportunity stands still"),
        Field("integer", msg("Days")),
        10,
        msg("When nobody has done anything about it for so long, its owner is warned."),
        source="R-199",
        unit=msg("working days"),
        least=1,
        most=250,
    ),
    ParameterSpec(
        "sales.entry_days",
        msg("Working days until a project lacks an entry"),
        Field("integer", msg("Days")),
        10,
        msg("When nothing has been registered for so long, its manager and the head are warned."),
        source="R-325",
        unit=msg("working days"),
        least=1,
        most=250,
    ),
    ParameterSpec(
        "sales.require_contract",
        msg("Orders need a contract number"),
        Field("flag", msg("Required")),
        default=True,
        help=msg(
            "Where contracts are kept here, every order names one in force anyway; elsewhere this says whether the number may be empty."
        ),
        source="R-330",
    ),
)

CODE_LISTS: tuple[CodeListSpec, ...] = (
    CodeListSpec(
        "sales.source",
        msg("Sources of opportunities"),
        (
            ("referral", msg("Referral")),
            ("old_customer", msg("Existing customer")),
            ("exhibition", msg("Exhibition")),
            ("website", msg("Website")),
            ("telephone", msg("Telephone")),
            ("campaign", msg("Campaign")),
            ("tender", msg("Tender")),
        ),
        open=True,
    ),
    CodeListSpec(
        "sales.won_reason",
        msg("Reasons of winning"),
        (
            ("solution", msg("Fitting solution")),
            ("price", msg("Good price")),
            ("delivery", msg("Fast delivery")),
            ("service", msg("Good service")),
            ("relation", msg("Trusted relation")),
            ("brand", msg("Brand")),
            ("unknown", msg("Not recorded")),
        ),
    ),
    CodeListSpec(
        "sales.lost_reason",
        msg("Reasons of losing"),
        (
            ("price", msg("Price too high")),
            ("competitor", msg("Competitor preferred")),
            ("budget", msg("No budget")),
            ("product", msg("Product does not fit")),
            ("delivery", msg("Delivery too late")),
            ("cancelled", msg("Customer gave the plan up")),
            ("silent", msg("No answer any more")),
            ("unknown", msg("Not recorded")),
        ),
    ),
    CodeListSpec(
        "sales.confirmation",
        msg("Ways of order confirmation"),
        (
            ("signed", msg("Signed and sealed")),
            ("fax", msg("Fax")),
            ("email", msg("E-mail message")),
            ("wechat", msg("WeChat")),
            ("telephone", msg("Telephone")),
            ("system", msg("Customer's purchasing system")),
        ),
        help=msg("How the customer confirmed the order (R-218)."),
    ),
    CodeListSpec(
        "sales.order_basis",
        msg("Source documents of orders"),
        (
            ("fax_agreement", msg("Faxed purchase agreement")),
            ("electronic_file", msg("Signed electronic file")),
            ("framework", msg("Framework contract")),
        ),
        open=True,
    ),
    CodeListSpec(
        "sales.logistics",
        msg("Logistics methods"),
        (
            ("road", msg("Road freight")),
            ("express", msg("Express")),
            ("pick_up", msg("Picked up by the customer")),
            ("own_vehicle", msg("Own vehicle")),
        ),
        open=True,
    ),
    CodeListSpec(
        "sales.order_close_reason",
        msg("Reasons of closing an order"),
        (
            ("delivered", msg("Delivered completely")),
            ("partly", msg("Delivered in part, rest given up")),
            ("other", msg("Other reason")),
        ),
    ),
)
