"""Stored classes of this plugin."""

from plugins.customers.models.contact import Contact
from plugins.customers.models.customer import Customer
from plugins.customers.models.interaction import Interaction

__all__ = ["Contact", "Customer", "Interaction"]
