"""The allocation on screen."""

from __future__ import annotations

from core.kernel.clock import today
from core.kernel.words import Message, msg
from core.web.nouns import Act, Group, Noun, SavedView, Shown
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView
from plugins.billing import operations
from plugins.billing.errors import ContractClosed
from plugins.billing.models import Allocation
from plugins.billing.permissions import REVERSE
from plugins.billing.rules.states import AllocationState
from plugins.billing.views.asking import REASON
from plugins.contracts.public import may_be_booked_on


def _reversed(allocation: Allocation) -> Message | None:
    return None if allocation.state == AllocationState.ACTIVE else msg("This allocation has been reversed already.")


ALLOCATIONS = Noun(
    plugin="billing",
    model=Allocation,
    path="allocations",
    title=msg("Allocation"),
    plural=msg("Allocations"),
    icon="git-merge",
    columns=(
        Shown("title", ColumnKind.NAME, CardPlace.NAME),
        Shown("receipt"),
        Shown("contract"),
        Shown("part_number"),
        Shown("invoice", quiet=True),
        Shown("amount", place=CardPlace.SUM),
        Shown("state", place=CardPlace.STATE),
        Shown("allocated_on", ColumnKind.DATE, CardPlace.LAST),
    ),
    groups=(
        Group(msg("Allocation"), ("title", "receipt", "contract", "amount", "part_number", "invoice")),
        Group(msg("State"), ("allocated_on", "reversed_on", "reason")),
    ),
    order="-id",
    filters=("state", "receipt", "contract", "invoice", "allocated_on"),
    facts=("receipt", "contract"),
    about="contract.customer",
    tags=("state",),
    figures=("amount",),
    create=operations.allocate,
    create_label=msg("New allocation"),
    begun_from=("receipt",),
    why_not_from={
        "receipt": lambda receipt: None if receipt.rest > 0 else msg("Nothing is left of this receipt."),
        "contract": lambda contract: None if may_be_booked_on(contract) else ContractClosed().message,
    },
    acts=(Act("reverse", msg("Reverse"), operations.reverse_allocation, REVERSE, "refresh", (REASON,), _reversed),),
    views=(SavedView("month", msg("This month"), lambda: Allocation.allocated_on >= today().replace(day=1)),),
    empty=msg("Allocations are listed here: which receipt has paid for which contract."),
    steps={
        "reverse": msg("reversed it"),
    },
)


class AllocationsView(RecordView):
    """List, page, form and verbs of allocations."""

    noun = ALLOCATIONS
