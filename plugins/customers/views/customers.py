"""The customer on screen: list, page, form, its verbs, and the hint while a name is typed."""

from __future__ import annotations

from flask import render_template, request
from flask_appbuilder import expose
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from core.access.models import ShareMode
from core.database.fields import Field
from core.kernel.acting import actor
from core.kernel.clock import now, today
from core.kernel.words import Message, msg
from core.web.access import needs
from core.web.dues import Due
from core.web.nouns import Act, Group, Noun, SavedView, Shown, while_allowed
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView
from plugins.customers import operations
from plugins.customers.models import Customer
from plugins.customers.models.parameters import PARAMETERS
from plugins.customers.queries import incomplete, is_shared, named_otherwise_in_erp, out_of_touch, possible_duplicates
from plugins.customers.rules import CUSTOMER_CYCLE, REVIEW_CYCLE, Review

STALE_DAYS = 30  # a last contact older than this turns red in the list

OWNER = Field("reference", msg("Owner"), "owner", required=True, target="core_employee")
REASON = Field("text", msg("Reason"), "reason", required=True, max_length=500)


def _not_in_review(record: Customer) -> Message | None:
    return None if record.review == Review.PENDING else msg("The customer does not wait for review.")


def _own_entry(record: Customer) -> Message | None:
    if record.entered_by_id == actor().employee_id:
        return msg("You entered this customer; somebody else reviews it.")
    return _not_in_review(record)


def _out_of_touch(*days: int) -> ColumnElement[bool]:
    return out_of_touch(now(), days)


def _shared_with_nobody(record: Customer) -> Message | None:
    return None if is_shared(record) else msg("The customer is shared with nobody.")


def _approve(session: Session, pk: int, version: int, *, owner: int, reason: str | None = None) -> Customer:
    return operations.review_customer(session, pk, version, approve=True, owner=owner, reason=reason)


def _return(session: Session, pk: int, version: int, *, reason: str) -> Customer:
    return operations.review_customer(session, pk, version, approve=False, reason=reason)


ACTS = (
    Act(
        "approve",
        msg("Approve"),
        _approve,
        "review",
        "check",
        (OWNER, Field("text", msg("Note"), "reason", max_length=500)),
        _own_entry,
        primary=True,
    ),
    Act("return", msg("Return"), _return, "review", "arrow-right", (REASON,), _own_entry),
    Act("submit", msg("Submit again"), operations.submit_customer, "update", "send", (), while_allowed(REVIEW_CYCLE, "submit", "review")),
    Act(
        "share",
        msg("Share"),
        operations.share_customer,
        "share",
        "users-plus",
        (
            Field("reference", msg("Shared with"), "employee", required=True, target="core_employee"),
            Field("choice", msg("Mode"), "mode", required=True, choices=ShareMode),
            Field("date", msg("Until"), "until"),
        ),
        back=operations.take_back_share,
    ),
    Act(
        "unshare",
        msg("End a share"),
        operations.unshare_customer,
        "share",
        "x",
        (Field("reference", msg("Shared with"), "employee", required=True, target="core_employee"),),
        _shared_with_nobody,
        back=operations.take_back_share,
    ),
    Act(
        "hand_over",
        msg("Hand over"),
        operations.hand_over_customer,
        "hand_over",
        "user-share",
        (OWNER, REASON),
        back=operations.hand_customer_back,
    ),
    Act(
        "suspend",
        msg("Suspend"),
        operations.suspend_customer,
        "update",
        "hourglass",
        (REASON,),
        while_allowed(CUSTOMER_CYCLE, "suspend"),
    ),
    Act(
        "resume",
        msg("Resume"),
        operations.resume_customer,
        "update",
        "refresh",
        (),
        while_allowed(CUSTOMER_CYCLE, "resume"),
    ),
)

CUSTOMERS = Noun(
    plugin="customers",
    model=Customer,
    path="customers",
    title=msg("Customer"),
    plural=msg("Customers"),
    icon="building",
    columns=(
        Shown("name", ColumnKind.NAME, CardPlace.NAME),
        Shown("star_grade", ColumnKind.STARS),
        Shown("state", place=CardPlace.STATE),
        Shown("owner", place=CardPlace.OWNER),
        Shown("last_contact_at", late_after=STALE_DAYS, place=CardPlace.LAST),
        Shown("next_contact_on", place=CardPlace.SUM),
        Shown("industry", quiet=True),
        Shown("region", quiet=True),
    ),
    groups=(
        Group(msg("Basic information"), ("name", "code", "kind", "parent", "industry", "region", "city", "star_grade", "source")),
        Group(msg("Contact details"), ("address", "phone", "email", "website")),
        Group(
            msg("Terms"),
            ("settlement", "payment_terms", "discount", "credit_limit", "credit_code", "id_number", "erp_name", "erp_code"),
            folded=True,
        ),
        Group(msg("Profile"), ("size", "cooperating_since", "listed_on", "needs", "preferences", "note"), folded=True),
    ),
    order="-id",
    filters=("state", "review", "owner", "region", "industry", "star_grade", "next_contact_on", "kind", "source"),
    facts=("code", "industry", "region", "owner"),
    tags=("state", "review"),
    next_step=("next_contact_on", "next_step"),
    due=(Due("next_contact_on"),),
    dated=(),  # the follow-up that plans the next contact stands there, and can be moved
    create=operations.create_customer,
    change=operations.change_customer,
    delete=operations.delete_customer,
    create_label=msg("New customer"),
    acts=ACTS,
    views=(
        SavedView("mine", msg("Mine"), lambda: Customer.owner_id == actor().employee_id),
        SavedView("review", msg("Waiting for review"), lambda: Customer.review == Review.PENDING, calls=True),
        SavedView("due", msg("Next contact due"), lambda: Customer.next_contact_on <= today(), calls=True),
        SavedView("silent", msg("Out of touch"), _out_of_touch, tuple(one.name for one in PARAMETERS), calls=True),
        SavedView("incomplete", msg("Data incomplete"), incomplete),
        SavedView("erp", msg("Other name in the ERP"), named_otherwise_in_erp),
    ),
    children=("contacts", "interactions"),
    composer="interactions",
    files=True,
    empty=msg("Companies and people that buy, have bought or may buy are listed here. Enter the first one, or import a list."),
    hint_endpoint={"name": "CustomersView.hint"},
    steps={
        "submit": msg("submitted it again"),
        "cooperate": msg("began to cooperate"),
    },
)


class CustomersView(RecordView):
    """List, page, form and verbs of customers."""

    noun = CUSTOMERS

    @expose("/hint")
    @needs("create")
    def hint(self) -> Response:
        """Customers that may be the same as the one being typed: the declared channel C-01, no more than it says (R-339)."""
        found = possible_duplicates(self.session, name=request.args.get("name", "")[:120])
        return Response(render_template("customers/hint.html", found=found), mimetype="text/html")
