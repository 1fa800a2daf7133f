"""The dispatch order on screen, and the page on which the customer signs."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from flask import redirect, request, url_for
from flask_appbuilder import expose
from sqlalchemy.orm import object_session
from werkzeug.wrappers import Response

from core.access.offering import allowed_verbs
from core.database.fields import Field
from core.kernel.clock import today
from core.kernel.errors import BadInput, Conflict, NotFound
from core.kernel.words import Message, msg
from core.web.access import needs
from core.web.dues import Due
from core.web.input import read_version
from core.web.nouns import Act, Dated, Group, Noun, SavedView, Shown, while_allowed
from core.web.pages import CardPlace, ColumnKind, Fragment, Link, PanelPage, Say
from core.web.shell import say
from core.web.views import RecordView
from plugins.service import operations
from plugins.service.models import DispatchOrder, DispatchPart, ServiceRequest
from plugins.service.operations.dispatching import SENT_OUT
from plugins.service.operations.on_site import demand_unsigned
from plugins.service.permissions import CARRY_OUT, HANDLE, ISSUE
from plugins.service.queries import my_orders
from plugins.service.rules import DISPATCH_CYCLE, OPEN_DISPATCHES, SENT, UNDONE, DispatchState

REASON = Field("text", msg("Reason"), "reason", required=True, max_length=500)
LONGEST_DRAWING = 700_000  # characters of a drawing in base 64


def _sent_out(order: DispatchOrder) -> Mapping[str, Message]:
    return {"owner": SENT_OUT} if order.state in SENT else {}


def _over(order: DispatchOrder) -> Message | None:
    return None if order.state in OPEN_DISPATCHES else msg("A dispatch order that is done or cancelled can no longer be changed.")


def _not_for(request: ServiceRequest) -> Message | None:
    """Somebody is sent while there is something to do, by whoever may handle the request."""
    if request.state not in UNDONE:
        return msg("The request has been handled already.")
    session = object_session(request)
    assert session is not None  # it stands on a page
    return None if allowed_verbs(session, request, (HANDLE,)) else msg("Only the current handler does this.")


ACTS = (
    Act("issue", msg("Issue the order"), operations.issue_dispatch, ISSUE, "send", (), while_allowed(DISPATCH_CYCLE, "issue")),
    Act("accept", msg("Accept the order"), operations.accept_dispatch, CARRY_OUT, "check", (), while_allowed(DISPATCH_CYCLE, "accept")),
    Act("arrive", msg("Arrived on site"), operations.arrive_on_site, CARRY_OUT, "map-pin", (), while_allowed(DISPATCH_CYCLE, "arrive")),
    Act(
        "finish",
        msg("Report the result"),
        operations.report_result,
        CARRY_OUT,
        "clipboard-check",
        (
            Field("long_text", msg("Result on site"), "result", required=True, max_length=5_000),
            Field("quantity", msg("Hours worked"), "hours", required=True, unit=msg("hours")),
        ),
        while_allowed(DISPATCH_CYCLE, "finish"),
    ),
    Act(
        "send_back",
        msg("Return"),
        operations.send_back_dispatch,
        CARRY_OUT,
        "arrow-back-up",
        (REASON,),
        while_allowed(DISPATCH_CYCLE, "send_back"),
    ),
    Act("cancel", msg("Call off"), operations.cancel_dispatch, ISSUE, "ban", (REASON,), while_allowed(DISPATCH_CYCLE, "cancel")),
)

ENDS = Due("ends_at", {"state": SENT})
DISPATCHES = Noun(
    plugin="service",
    model=DispatchOrder,
    path="dispatch-orders",
    title=msg("Dispatch order"),
    plural=msg("Dispatch orders"),
    icon="truck-delivery",
    columns=(
        Shown("title", ColumnKind.NAME, CardPlace.NAME),
        Shown("number"),
        Shown("customer"),
        Shown("state", place=CardPlace.STATE),
        Shown("owner", place=CardPlace.OWNER),
        Shown("starts_at", ColumnKind.TIME, CardPlace.SUM),
        Shown("ends_at", quiet=True),
    ),
    groups=(
        Group(
            msg("Dispatch order"),
            ("title", "request", "owner", "starts_at", "ends_at", "address", "contact_name", "contact_phone", "instructions"),
        ),
        Group(msg("Progress of the order"), ("number", "planned_by", "issued_at", "accepted_at", "state_reason")),
        Group(msg("On site"), ("arrived_at", "finished_at", "hours", "result")),
        Group(msg("Signature of the customer"), ("signed_by", "signed_at"), folded=True),
    ),
    order="-id",
    about="customer",
    filters=("state", "owner", "customer", "request", "starts_at"),
    due=(ENDS,),
    dated=(Dated("starts_at", lambda: DispatchOrder.state.in_(OPEN_DISPATCHES), due="ends_at"),),
    facts=("number", "customer", "owner"),
    tags=("state",),
    create=operations.plan_dispatch,
    change=operations.change_dispatch,
    delete=operations.delete_dispatch,
    why_fixed=_over,
    fixed_fields=_sent_out,
    create_label=msg("New dispatch order"),
    begun_from=("request",),
    why_not_from={"request": _not_for},
    acts=ACTS,
    opens_with="open",
    views=(
        SavedView("open", msg("Not finished"), lambda: DispatchOrder.state.in_(OPEN_DISPATCHES), order="starts_at"),
        SavedView("mine", msg("Mine"), my_orders),
        SavedView("out", msg("On the way"), lambda: DispatchOrder.state.in_(SENT)),
        SavedView("late", msg("Overdue"), lambda: ENDS.late(DispatchOrder), order="starts_at", calls=True),
        SavedView("returned", msg("Returned"), lambda: DispatchOrder.state == DispatchState.RETURNED, calls=True),
    ),
    lines=("parts", ("code", "name", "unit", "quantity", "price")),
    line_model=DispatchPart,
    files=True,
    keeps_files=lambda order: order.signed_at is not None,
    empty=msg("Visits of field workers to customers are listed here, with result, hours, parts and signature."),
    steps={
        "issue": msg("issued the order"),
        "accept": msg("accepted the order"),
        "arrive": msg("arrived on site"),
        "finish": msg("reported the result"),
        "send_back": msg("returned the order"),
        "cancel": msg("cancelled the order"),
        "sign": msg("had the customer sign"),
    },
)


class DispatchOrdersView(RecordView):
    """List, page, form and verbs of dispatch orders, and the customer's signature."""

    noun = DISPATCHES

    @expose("/<id:pk>/signature")
    @needs(CARRY_OUT)
    def signature(self, pk: int) -> Response:
        """The page on which the customer signs with finger, pen or mouse; 409 for an order that nobody can sign now."""
        order = self.session.get(DispatchOrder, pk)
        if order is not None:
            demand_unsigned(order)
        return self.page(self._pad(pk))

    @expose("/<id:pk>/signature", methods=["POST"])
    @needs(CARRY_OUT)
    def sign(self, pk: int) -> Response:
        """Keep the drawing."""
        name = request.form.get("name", "")
        try:
            version = read_version(request.form.get("version", ""))
            drawing = _drawn(request.form.get("drawing", ""))
            self.use_case(lambda session: operations.sign_dispatch(session, pk, version, name=name, drawing=drawing))
        except (BadInput, Conflict) as error:
            return self.page(self._pad(pk, name, error), error.status)
        say(msg("The customer's signature has been saved."))
        return redirect(url_for("DispatchOrdersView.show", pk=pk, tab="files"), 303)

    def _pad(self, pk: int, name: str = "", error: BadInput | Conflict | None = None) -> PanelPage:
        order = self.session.get(DispatchOrder, pk)
        if order is None:
            raise NotFound
        wrong = error.fields if isinstance(error, BadInput) else {}
        context = {
            "order": order,
            "name": name or order.contact_name or "",
            "wrong": wrong,
            "action": url_for("DispatchOrdersView.sign", pk=pk),
            "back": url_for("DispatchOrdersView.show", pk=pk),
            "day": today(),
        }
        return PanelPage(
            title=msg("Signature of the customer"),
            crumbs=(Link(DISPATCHES.plural, url_for("DispatchOrdersView.list")), Link(str(order), context["back"])),
            back=Link(str(order), context["back"]),
            says=(Say(error.message),) if error is not None else (),
            blocks=(Fragment(name="service/signature.html", context=context),),
        )


def _drawn(sent: str) -> bytes:
    """The bytes of a drawing sent as a data address; nothing when it is none."""
    head, _, body = sent.partition(",")
    if head != "data:image/png;base64" or len(body) > LONGEST_DRAWING:
        return b""
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return b""
