"""Verbs on customers, their contacts and follow-ups. Page, REST, import, job and hook all call these."""

from plugins.customers.operations.contacts import add_contact, change_contact, remove_contact
from plugins.customers.operations.customers import change_customer, create_customer, delete_customer
from plugins.customers.operations.handing_over import hand_customer_back, hand_over_customer
from plugins.customers.operations.interactions import change_interaction, remove_interaction, write_interaction
from plugins.customers.operations.reviewing import resume_customer, review_customer, submit_customer, suspend_customer
from plugins.customers.operations.sharing import share_customer, take_back_share, unshare_customer

__all__ = [
    "add_contact",
    "change_contact",
    "change_customer",
    "change_interaction",
    "create_customer",
    "delete_customer",
    "hand_customer_back",
    "hand_over_customer",
    "remove_contact",
    "remove_interaction",
    "resume_customer",
    "review_customer",
    "share_customer",
    "submit_customer",
    "suspend_customer",
    "take_back_share",
    "unshare_customer",
    "write_interaction",
]
