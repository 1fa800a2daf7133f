"""Pages of this plugin."""

from plugins.customers.views.contacts import CONTACTS, ContactsView
from plugins.customers.views.customers import CUSTOMERS, CustomersView
from plugins.customers.views.directory import DirectoryView
from plugins.customers.views.interactions import INTERACTIONS, InteractionsView

VIEWS = (CustomersView, ContactsView, InteractionsView, DirectoryView)

__all__ = ["CONTACTS", "CUSTOMERS", "INTERACTIONS", "VIEWS", "ContactsView", "CustomersView", "DirectoryView", "InteractionsView"]
