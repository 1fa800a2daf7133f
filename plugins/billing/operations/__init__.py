"""Verbs on notices, invoices and money. Page, REST, job and hook all call these."""

from plugins.billing.operations.allocating import allocate, reverse_allocation
from plugins.billing.operations.delivering import (
    book_in_invoice,
    mail_invoice,
    print_invoice,
    receive_invoice,
    remind,
    report_problem,
    send_invoice,
)
from plugins.billing.operations.following import follow_customer
from plugins.billing.operations.guarding import guard_ending
from plugins.billing.operations.issuing import change_invoice, issue_invoice, issue_notice
from plugins.billing.operations.notices import change_notice, delete_notice, draft_notice
from plugins.billing.operations.receipts import change_receipt, claim_receipt, refund_receipt, register_receipt
from plugins.billing.operations.reminding import remind_of_feedback
from plugins.billing.operations.reversing import reverse_invoice, void_invoice
from plugins.billing.operations.sending import close_notice, return_notice, send_notice, withdraw_notice
from plugins.billing.operations.titles import add_title, change_title, remove_title

__all__ = [
    "add_title",
    "allocate",
    "book_in_invoice",
    "change_invoice",
    "change_notice",
    "change_receipt",
    "change_title",
    "claim_receipt",
    "close_notice",
    "delete_notice",
    "draft_notice",
    "follow_customer",
    "guard_ending",
    "issue_invoice",
    "issue_notice",
    "mail_invoice",
    "print_invoice",
    "receive_invoice",
    "refund_receipt",
    "register_receipt",
    "remind",
    "remind_of_feedback",
    "remove_title",
    "report_problem",
    "return_notice",
    "reverse_allocation",
    "reverse_invoice",
    "send_invoice",
    "send_notice",
    "void_invoice",
    "withdraw_notice",
]
