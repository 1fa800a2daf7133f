"""The follow-up on screen."""

from __future__ import annotations

from collections.abc import Mapping

from core.extension.rights import REVIEW
from core.kernel.acting import actor
from core.kernel.words import Message, msg
from core.web.dues import Due
from core.web.nouns import Group, Noun, Shown
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView
from plugins.customers import permissions
from plugins.customers.errors import NotReviewed
from plugins.customers.models import Customer, Interaction
from plugins.customers.operations import change_interaction, remove_interaction, write_interaction
from plugins.customers.operations.interactions import NOT_MINE
from plugins.customers.rules import Review


def _written_by_another(interaction: Interaction) -> Mapping[str, Message]:
    return {} if interaction.person_id == actor().employee_id else dict.fromkeys(INTERACTIONS.written, NOT_MINE)


def _not_reviewed(customer: Customer) -> Message | None:
    if customer.review == Review.APPROVED:
        return None
    mine = customer.review == Review.PENDING and actor().may(permissions.CUSTOMER, REVIEW) and customer.entered_by_id != actor().employee_id
    return NotReviewed(by_reader=mine).message


INTERACTIONS = Noun(
    plugin="customers",
    model=Interaction,
    path="interactions",
    title=msg("Follow-up"),
    plural=msg("Follow-ups"),
    icon="message-plus",
    columns=(
        Shown("content", ColumnKind.NAME, CardPlace.NAME),
        Shown("customer", place=CardPlace.OWNER),
        Shown("way", place=CardPlace.STATE),
        Shown("at", place=CardPlace.LAST),
        Shown("person"),
        Shown("next_on", place=CardPlace.SUM),
        Shown("next_step"),
    ),
    groups=(Group(msg("Follow-up"), ("customer", "content", "way", "next_on", "next_step", "contact", "result", "at")),),
    order="-at",
    about="customer",
    filters=("customer", "way", "person", "at"),
    facts=("customer", "way", "person"),
    next_step=("next_on", "next_step"),
    due=(Due("next_on", {"next_on": "customer.next_contact_on"}),),
    files=True,
    begun_anywhere=True,
    why_not_from={"customer": _not_reviewed},
    create=write_interaction,
    change=change_interaction,
    fixed_fields=_written_by_another,
    delete=remove_interaction,
    create_label=msg("Write a follow-up"),
    empty=msg("Every contact with a customer is recorded here: what was said and what comes next."),
)


class InteractionsView(RecordView):
    """List, page and form of follow-ups."""

    noun = INTERACTIONS
