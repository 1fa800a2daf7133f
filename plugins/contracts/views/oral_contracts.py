"""The oral contract on screen."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_

from core.database.fields import Field
from core.kernel.acting import actor
from core.kernel.words import Message, msg
from core.web.nouns import Act, Group, Noun, SavedView, Shown, while_allowed
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView
from plugins.contracts import operations
from plugins.contracts.models import OralContract
from plugins.contracts.permissions import CONFIRM
from plugins.contracts.public import CONTRACT_TABLE
from plugins.contracts.rules import ORAL_CYCLE, OralState
from plugins.contracts.views.asked import REASON, days_ago


def _late() -> ColumnElement[bool]:
    return and_(OralContract.state == OralState.OPEN, OralContract.agreed_on <= days_ago("writing_days"))


def _settled(oral: OralContract) -> Message | None:
    return None if oral.state == OralState.OPEN else msg("An oral contract that is confirmed or withdrawn can no longer be changed.")


ORAL_CONTRACTS = Noun(
    plugin="contracts",
    model=OralContract,
    path="oral-contracts",
    title=msg("Oral contract"),
    plural=msg("Oral contracts"),
    icon="microphone",
    columns=(
        Shown("subject", ColumnKind.NAME, CardPlace.NAME),
        Shown("customer", place=CardPlace.OWNER),
        Shown("amount", place=CardPlace.SUM),
        Shown("agreed_on", place=CardPlace.LAST),
        Shown("agreed_by"),
        Shown("state", place=CardPlace.STATE),
        Shown("contract"),
        Shown("late"),
    ),
    groups=(
        Group(msg("Oral contract"), ("subject", "customer", "amount", "agreed_on", "agreed_by")),
        Group(msg("Confirmation"), ("contract", "confirmed_at", "late", "state_reason", "origin")),
    ),
    order="-agreed_on",
    filters=("state", "customer", "agreed_by", "agreed_on"),
    facts=("customer", "agreed_by"),
    tags=("state",),
    figures=("amount",),
    create=operations.record_oral_contract,
    change=operations.change_oral_contract,
    why_fixed=_settled,
    create_label=msg("New oral contract"),
    acts=(
        Act(
            "confirm",
            msg("Confirm in writing"),
            operations.confirm_in_writing,
            CONFIRM,
            "check",
            (Field("reference", msg("Written contract"), "contract", required=True, target=CONTRACT_TABLE),),
            while_allowed(ORAL_CYCLE, "confirm"),
        ),
        Act(
            "withdraw",
            msg("Withdraw"),
            operations.withdraw_oral_contract,
            "update",
            "x",
            (REASON,),
            while_allowed(ORAL_CYCLE, "withdraw"),
        ),
    ),
    views=(
        SavedView("mine", msg("Mine"), lambda: OralContract.owner_id == actor().employee_id),
        SavedView("open", msg("To be confirmed"), lambda: OralContract.state == OralState.OPEN, calls=True),
        SavedView("late", msg("Overdue"), _late, calls=True),
    ),
    files=True,
    empty=msg("Oral agreements with customers are listed here until they are confirmed in writing."),
    steps={
        "confirm": msg("confirmed it in writing"),
    },
)


class OralContractsView(RecordView):
    """List, page, form and verbs of oral contracts."""

    noun = ORAL_CONTRACTS
