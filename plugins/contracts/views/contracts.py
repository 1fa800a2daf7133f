"""The contract on screen: list, page, form with lines, and its verbs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_

from core.database.fields import Field
from core.kernel.acting import actor
from core.kernel.clock import today
from core.kernel.words import Message, msg
from core.web.nouns import Act, Dated, Group, Noun, SavedView, Shown, while_allowed
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView
from plugins.contracts import operations
from plugins.contracts.errors import CustomerNotReady
from plugins.contracts.models import Contract, ContractLine
from plugins.contracts.permissions import END, HAND_TEXT, REGISTER, RETURN, SIGN
from plugins.contracts.queries import ready_to_sign
from plugins.contracts.rules import LIFECYCLE, OPEN, RUNNING, SIGNED, ContractState
from plugins.contracts.views.asked import REASON, SIGNED_ON, SIGNER, in_days, working_days_ago
from plugins.customers.public import is_approved


def _signed_this_month() -> ColumnElement[bool]:
    return and_(Contract.signed_on >= today().replace(day=1), Contract.state.in_(SIGNED))


def _signed(contract: Contract) -> Message | None:
    return None if contract.state in OPEN else msg("A signed contract can no longer be changed; terminate it or make it void.")


def _not_to_be_signed(customer: Any) -> Message | None:
    """What the signing would say of the customer: a draft for it is not offered, though one may be prepared by hand."""
    return None if is_approved(customer) else CustomerNotReady(customer.name, ()).message


def _ends_soon() -> ColumnElement[bool]:
    return and_(Contract.state.in_(RUNNING), Contract.ends_on.between(today(), in_days("reminder_days")))


def _text_overdue() -> ColumnElement[bool]:
    return and_(Contract.state.in_(RUNNING), Contract.text_handed_at.is_(None), Contract.signed_on < working_days_ago("text_days"))


def _to_enter() -> ColumnElement[bool]:
    return and_(Contract.state.in_(RUNNING), Contract.text_handed_at.is_not(None), Contract.registered_at.is_(None))


def _text_not_due(contract: Contract) -> Message | None:
    if contract.text_handed_at is not None:
        return msg("The text has been handed over already.")
    return None if contract.state in RUNNING else msg("The text follows once the contract is signed.")


def _entry_not_due(contract: Contract) -> Message | None:
    if contract.registered_at is not None:
        return msg("The entry has been confirmed already.")
    return None if contract.text_handed_at is not None else msg("The text of the contract has not been handed over yet.")


ACTS = (
    Act(
        "sign",
        msg("Sign"),
        operations.sign_contract,
        SIGN,
        "check",
        (SIGNED_ON, SIGNER),
        while_allowed(LIFECYCLE, "sign"),
    ),
    Act(
        "plan_payments",
        msg("Plan payments"),
        operations.plan_payments,
        "update",
        "calendar-due",
        (
            Field("text", msg("Shares in percent"), "shares", required=True, max_length=200, help=msg("For example 30, 60, 10.")),
            Field("date", msg("First due on"), "first_on"),
            Field("integer", msg("Days between two payments"), "every_days"),
        ),
        _signed,
    ),
    Act("hand_over_text", msg("Hand over text"), operations.hand_over_text, HAND_TEXT, "send", (), _text_not_due),
    Act("register", msg("Confirm entry"), operations.register_contract, REGISTER, "rubber-stamp", (), _entry_not_due),
    Act(
        "return_for_data",
        msg("Return for data"),
        operations.return_for_data,
        RETURN,
        "arrow-right",
        (REASON,),
        while_allowed(LIFECYCLE, "return_for_data"),
    ),
    Act(
        "complete_data",
        msg("Mark data complete"),
        operations.complete_data,
        "update",
        "checkbox",
        (Field("text", msg("Answer"), "answer", max_length=500),),
        while_allowed(LIFECYCLE, "complete_data"),
    ),
    Act(
        "terminate",
        msg("Terminate"),
        operations.terminate_contract,
        END,
        "hourglass",
        (REASON, Field("date", msg("Ended on"), "on")),
        while_allowed(LIFECYCLE, "terminate"),
    ),
    Act("void", msg("Void"), operations.void_contract, END, "x", (REASON,), while_allowed(LIFECYCLE, "void")),
)

CONTRACTS = Noun(
    plugin="contracts",
    model=Contract,
    path="contracts",
    alike=("title",),
    title=msg("Contract"),
    plural=msg("Contracts"),
    icon="file-text",
    columns=(
        Shown("title", ColumnKind.NAME, CardPlace.NAME),
        Shown("number"),
        Shown("customer"),
        Shown("state", place=CardPlace.STATE),
        Shown("amount", place=CardPlace.SUM),
        Shown("owner", place=CardPlace.OWNER),
        Shown("signed_on", place=CardPlace.LAST),
        Shown("ends_on", ColumnKind.DATE, quiet=True),
    ),
    groups=(
        Group(msg("Contract"), ("title", "customer", "handler", "starts_on", "ends_on", "main_terms", "origin")),
        Group(msg("Signing"), ("number", "signed_on", "signer", "ended_on", "state_reason")),
        Group(msg("Text of the contract"), ("text_handed_by", "text_handed_at", "registered_by", "registered_at"), folded=True),
    ),
    order="-id",
    filters=("state", "customer", "owner", "department", "signed_on", "ends_on"),
    dated=(Dated("ends_on", lambda: Contract.state.in_(RUNNING)),),
    facts=("number", "customer", "owner"),
    tags=("state",),
    figures=("amount",),
    create=operations.draft_contract,
    change=operations.change_contract,
    delete=operations.delete_contract,
    why_fixed=_signed,
    create_label=msg("New contract"),
    why_not_from={"customer": _not_to_be_signed},
    acts=ACTS,
    steps={
        "amend": msg("amended it by a supplement"),
        "plan_payments": msg("planned the payments"),
        "hand_over_text": msg("handed over the text"),
        "register": msg("confirmed the entry"),
        "return_for_data": msg("returned it for missing data"),
        "complete_data": msg("completed the data"),
        "terminate": msg("terminated it"),
    },
    views=(
        SavedView("mine", msg("Mine"), lambda: Contract.owner_id == actor().employee_id),
        SavedView("sign", msg("To be signed"), ready_to_sign, calls=True),
        SavedView("month", msg("Signed this month"), _signed_this_month),
        SavedView("running", msg("In force"), lambda: Contract.state.in_(RUNNING)),
        SavedView(
            "returned", msg("Data missing"), lambda: Contract.state.in_((ContractState.RETURNED, ContractState.INCOMPLETE)), calls=True
        ),
        SavedView("ending", msg("Ends soon"), _ends_soon, calls=True),
        SavedView("text", msg("Text handover overdue"), _text_overdue, calls=True),
        SavedView("entry", msg("To be entered"), _to_enter, calls=True),
    ),
    children=("scheduled-payments", "supplements"),
    lines=("lines", ("code", "name", "unit", "quantity", "price")),
    line_model=ContractLine,
    files=True,
    empty=msg("Agreements with customers are listed here, from draft to the end of their term."),
)


class ContractsView(RecordView):
    """List, page, form and verbs of contracts."""

    noun = CONTRACTS
