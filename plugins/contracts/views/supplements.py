"""The supplement on screen."""

from __future__ import annotations

from core.database.fields import Field
from core.kernel.words import Message, msg
from core.web.nouns import Act, Group, Noun, SavedView, Shown, while_allowed
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView
from plugins.contracts import operations
from plugins.contracts.errors import NotInForce
from plugins.contracts.models import Contract, Supplement
from plugins.contracts.permissions import SIGN
from plugins.contracts.rules import OPEN, RUNNING, SUPPLEMENT_CYCLE, ReleasedBy, SupplementState
from plugins.contracts.views.asked import SIGNED_ON, SIGNER


def _not_a_draft(supplement: Supplement) -> Message | None:
    if supplement.state == SupplementState.DRAFT:
        return None
    return msg("A supplement is changed only before it is signed.")


def _ended(contract: Contract) -> Message | None:
    return None if contract.state in (*OPEN, *RUNNING) else NotInForce(contract.state.label).message


SUPPLEMENTS = Noun(
    plugin="contracts",
    model=Supplement,
    path="supplements",
    title=msg("Supplement"),
    plural=msg("Supplements"),
    icon="file-plus",
    columns=(
        Shown("title", ColumnKind.NAME, CardPlace.NAME),
        Shown("number"),
        Shown("contract", place=CardPlace.OWNER),
        Shown("state", place=CardPlace.STATE),
        Shown("amount_before", place=CardPlace.HIDDEN),
        Shown("amount", place=CardPlace.SUM),
        Shown("ends_on", ColumnKind.DATE),
        Shown("signed_on", place=CardPlace.LAST),
    ),
    groups=(
        Group(msg("Supplement"), ("contract", "title", "content", "amount", "ends_on")),
        Group(msg("Signing"), ("number", "signed_on", "signer", "amount_before", "ends_on_before")),
    ),
    order="-id",
    filters=("state", "contract", "signed_on"),
    facts=("number", "contract"),
    tags=("state",),
    figures=("amount_before", "amount"),
    create=operations.draft_supplement,
    why_not_from={"contract": _ended},
    change=operations.change_supplement,
    why_fixed=_not_a_draft,
    create_label=msg("New supplement"),
    acts=(
        Act("sign", msg("Sign"), operations.sign_supplement, SIGN, "check", (SIGNED_ON, SIGNER), while_allowed(SUPPLEMENT_CYCLE, "sign")),
        Act(
            "plan_payment",
            msg("Plan a payment"),
            operations.plan_payment,
            "update",
            "plus",
            (
                Field("text", msg("Payment"), "title", required=True, max_length=80),
                Field("money", msg("Amount"), "amount", required=True),
                Field("date", msg("Due on"), "due_on", required=True),
                Field("choice", msg("Becomes invoiceable"), "released_by", required=True, choices=ReleasedBy),
            ),
            _not_a_draft,
        ),
        Act("drop", msg("Discard"), operations.drop_supplement, "update", "x", (), while_allowed(SUPPLEMENT_CYCLE, "drop")),
    ),
    views=(SavedView("drafts", msg("Not signed yet"), lambda: Supplement.state == SupplementState.DRAFT, calls=True),),
    files=True,
    empty=msg("Changes agreed after a contract was signed are listed here: a new amount, a new end, new scheduled payments."),
    steps={
        "plan_payment": msg("planned a payment"),
        "drop": msg("discarded it"),
    },
)


class SupplementsView(RecordView):
    """List, page, form and verbs of supplements."""

    noun = SUPPLEMENTS
