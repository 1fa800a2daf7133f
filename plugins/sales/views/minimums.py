"""The minimum gross profit of a person on screen."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_

from core.kernel.acting import actor
from core.kernel.clock import today
from core.kernel.words import Message, msg
from core.web.nouns import Group, Noun, SavedView, Shown
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView
from plugins.sales import operations
from plugins.sales.errors import OwnMinimum
from plugins.sales.models import ProfitMinimum
from plugins.sales.operations.minimums import WITH_COLLEAGUE


def _own(minimum: ProfitMinimum) -> Message | None:
    return OwnMinimum().message if minimum.employee_id == actor().employee_id else None


def _in_force() -> ColumnElement[bool]:
    open_or_later = or_(ProfitMinimum.ends_on.is_(None), ProfitMinimum.ends_on >= today())
    return and_(ProfitMinimum.starts_on <= today(), open_or_later)


MINIMUMS = Noun(
    plugin="sales",
    model=ProfitMinimum,
    path="profit-minimums",
    title=msg("Personal gross profit minimum"),
    plural=msg("Personal gross profit minimums"),
    icon="percentage",
    columns=(
        Shown("employee", ColumnKind.NAME, CardPlace.NAME),
        Shown("least_profit_rate", place=CardPlace.SUM),
        Shown("least_profit"),
        Shown("starts_on", place=CardPlace.LAST),
        Shown("ends_on", quiet=True),
        Shown("owner", place=CardPlace.OWNER),
    ),
    groups=(Group(msg("Minimum gross profit"), ("employee", "least_profit_rate", "least_profit", "starts_on", "ends_on", "note")),),
    order="-starts_on",
    filters=("employee", "owner", "starts_on", "ends_on"),
    facts=("owner",),
    create=operations.set_minimum,
    change=operations.change_minimum,
    delete=operations.delete_minimum,
    why_fixed=_own,
    fixed_fields=lambda minimum: {"employee": WITH_COLLEAGUE},
    create_label=msg("New personal minimum"),
    views=(
        SavedView("force", msg("In force"), _in_force),
        SavedView("mine", msg("For me"), lambda: ProfitMinimum.employee_id == actor().employee_id),
    ),
    empty=msg("The profit that colleagues must make on their deals is set here. It applies where the project sets no minimum of its own."),
)


class ProfitMinimumsView(RecordView):
    """List, page, form and verbs of personal minimums."""

    noun = MINIMUMS
