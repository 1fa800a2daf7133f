"""REST of this plugin."""

from __future__ import annotations

from core.web.api import RecordApi
from plugins.customers.views import CONTACTS, CUSTOMERS, INTERACTIONS


class CustomersApi(RecordApi):
    """Customers and their verbs."""

    noun = CUSTOMERS


class ContactsApi(RecordApi):
    """Contacts of customers."""

    noun = CONTACTS


class InteractionsApi(RecordApi):
    """Follow-ups with customers."""

    noun = INTERACTIONS


APIS = (CustomersApi, ContactsApi, InteractionsApi)
