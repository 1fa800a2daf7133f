"""Pages of this plugin."""

from plugins.customers.views.contacts import CONTACTS, ContactsView
from plugins.customers.views.customers import CUSTOMERS, CustomersView
from plugins.customers.views.interactions import INTERACTIONS, InteractionsView

VIEWS = (CustomersView, ContactsView, InteractionsView)

__all__ = ["CONTACTS", "CUSTOMERS", "INTERACTIONS", "VIEWS", "ContactsView", "CustomersView", "InteractionsView"]
