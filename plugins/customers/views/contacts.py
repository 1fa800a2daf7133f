"""The contact on screen."""

from __future__ import annotations

from core.kernel.words import msg
from core.web.nouns import Group, Noun, Shown
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView
from plugins.customers.models import Contact
from plugins.customers.operations import add_contact, change_contact, remove_contact

CONTACTS = Noun(
    plugin="customers",
    model=Contact,
    path="contacts",
    alike=("name", "mobile"),
    title=msg("Contact"),
    plural=msg("Contacts"),
    icon="users",
    columns=(
        Shown("name", ColumnKind.NAME, CardPlace.NAME),
        Shown("customer", place=CardPlace.OWNER),
        Shown("position", place=CardPlace.LAST),
        Shown("mobile", place=CardPlace.SUM),
        Shown("decision_role", place=CardPlace.STATE),
        Shown("primary"),
    ),
    groups=(
        Group(msg("Contact"), ("customer", "name", "position", "department", "mobile", "phone", "email", "wechat")),
        Group(msg("More about the contact"), ("decision_role", "primary", "address", "note"), folded=True),
    ),
    order="name",
    filters=("customer", "decision_role"),
    facts=("customer", "position"),
    create=add_contact,
    change=change_contact,
    delete=remove_contact,
    create_label=msg("New contact"),
    begun_from=("customer",),
    empty=msg("The people you deal with at your customers are listed here."),
)


class ContactsView(RecordView):
    """List, page and form of contacts."""

    noun = CONTACTS
