"""What each company sets for itself: parameters and code lists of this plugin."""

from __future__ import annotations

from core.database.fields import Field
from core.extension.exchange import CodeListSpec, ParameterSpec
from core.kernel.words import msg

PARAMETERS: tuple[ParameterSpec, ...] = (
    ParameterSpec(
        "sales.quotation_days",
        msg("Quotation validity (days)"),
        Field("integer", msg("Days")),
        30,
        msg("A new quotation is valid for this many days from its date, unless another day is entered."),
        source="R-097",
        unit=msg("days"),
        least=1,
        most=366,
    ),
    ParameterSpec(
        "sales.still_days",
        msg("Working days until an opportunity counts as stalled"),
        Field("integer", msg("Days")),
        10,
        msg("When nobody has worked on it for this long, its owner is warned."),
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
        msg("When nothing has been registered for this long, its manager and the head are warned."),
        source="R-325",
        unit=msg("working days"),
        least=1,
        most=250,
    ),
    ParameterSpec(
        "sales.least_profit_rate",
        msg("Minimum gross margin of quotations and orders"),
        Field("integer", msg("Minimum gross margin")),
        0,
        msg("Finance decides about anything below it. A project or a person may be given another minimum; 0 sets none."),
        source="R-348",
        unit=msg("%"),
        least=0,
        most=99,
    ),
    ParameterSpec(
        "sales.require_contract",
        msg("Orders need a contract number"),
        Field("flag", msg("Required")),
        default=True,
        help=msg(
            "Where contracts are managed here, every order must name one in force; otherwise this decides whether the number may be empty."
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
        msg("Win reasons"),
        (
            ("solution", msg("Best-fit solution")),
            ("price", msg("Good price")),
            ("delivery", msg("Fast delivery")),
            ("service", msg("Good service")),
            ("relation", msg("Trusted relationship")),
            ("brand", msg("Brand")),
            ("unknown", msg("Not recorded")),
        ),
    ),
    CodeListSpec(
        "sales.lost_reason",
        msg("Loss reasons"),
        (
            ("price", msg("Price too high")),
            ("competitor", msg("Competitor preferred")),
            ("budget", msg("No budget")),
            ("product", msg("Product does not fit")),
            ("delivery", msg("Delivery too late")),
            ("cancelled", msg("Customer abandoned the plan")),
            ("silent", msg("No further response")),
            ("unknown", msg("Not recorded")),
        ),
    ),
    CodeListSpec(
        "sales.quotation_way",
        msg("Sending methods"),
        (
            ("fax", msg("Fax")),
            ("email", msg("E-mail message")),
            ("by_hand", msg("By hand")),
            ("wechat", msg("WeChat")),
            ("post", msg("Mail or courier")),
            ("platform", msg("Customer's purchasing system")),
        ),
        help=msg("How a quotation reached the customer (R-097)."),
    ),
    CodeListSpec(
        "sales.confirmation",
        msg("Order confirmation methods"),
        (
            ("signed", msg("Signed and sealed")),
            ("fax", msg("Fax")),
            ("email", msg("E-mail message")),
            ("wechat", msg("WeChat")),
            ("telephone", msg("Telephone")),
            ("system", msg("Customer's purchasing system")),
        ),
        help=msg("How the customer confirmed the order."),
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
        msg("Order close reasons"),
        (
            ("delivered", msg("Delivered completely")),
            ("partly", msg("Partly delivered, rest cancelled")),
            ("other", msg("Other reason")),
        ),
    ),
)
