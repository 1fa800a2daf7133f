"""Rights on invoices and money, and what the roles of the regulation are given (R-002 to R-005, R-227 to R-231)."""

from __future__ import annotations

from collections.abc import Mapping

from core.extension.rights import CREATE, DELETE, EXPORT, IMPORT, PRINT, READ, UPDATE, Grants, Resource, resource
from core.kernel.acting import Scope
from core.kernel.words import msg

TITLE, NOTICE, INVOICE = "billing.title", "billing.notice", "billing.invoice"
RECEIPT, ALLOCATION = "billing.receipt", "billing.allocation"
STATEMENT, AGEING = "billing.statement", "billing.ageing"
INVOICERS = ("invoicing_clerk", "finance_accountant")
"""Roles whose work needs bank account and telephone of a buyer openly: both stand on a special invoice of paper."""
SEND, ISSUE, CLOSE = "send", "issue", "close"
DELIVER, FEED_BACK, REMIND, REVERSE = "deliver", "feed_back", "remind", "reverse"
CLAIM, REFUND = "claim", "refund"

RESOURCES: tuple[Resource, ...] = (
    resource(TITLE, msg("Buyer's title data"), READ, CREATE, UPDATE, DELETE, EXPORT),
    resource(
        NOTICE,
        msg("Invoice notices"),
        *(READ, CREATE, UPDATE, DELETE, EXPORT),
        **{SEND: msg("Send or withdraw"), ISSUE: msg("Issue or return"), CLOSE: msg("Close without the rest")},
    ),
    resource(
        INVOICE,
        msg("Invoices"),
        *(READ, CREATE, UPDATE, EXPORT),
        **{
            DELIVER: msg("Print, mail or send"),
            FEED_BACK: msg("Give feedback"),
            REMIND: msg("Remind"),
            REVERSE: msg("Void or red-letter reversal"),
        },
    ),
    resource(RECEIPT, msg("Receipts"), READ, CREATE, UPDATE, EXPORT, IMPORT, **{CLAIM: msg("Claim for a customer"), REFUND: msg("Refund")}),
    resource(ALLOCATION, msg("Allocations"), READ, CREATE, EXPORT, **{REVERSE: msg("Reverse")}),
    resource(STATEMENT, msg("Statements of account"), READ),
    resource(AGEING, msg("Ageing analysis"), READ),
)


def _reads(scope: Scope) -> dict[str, dict[str, Scope]]:
    """Everything is read; a statement is printed too, because it is made to be sent to the customer (R-233)."""
    found = {name: {READ: scope} for name in (TITLE, NOTICE, INVOICE, RECEIPT, ALLOCATION, AGEING)}
    return {**found, STATEMENT: {READ: scope, PRINT: scope}}


def _sells(scope: Scope) -> dict[str, dict[str, Scope]]:
    """Asks for invoices and follows them; sees what was paid (R-002, R-003)."""
    narrow = Scope.OWN if scope is Scope.OWN_SHARED else scope
    reads = _reads(scope)
    return reads | {
        TITLE: dict.fromkeys((READ, CREATE, UPDATE, DELETE), scope),
        NOTICE: {READ: scope, **dict.fromkeys((CREATE, UPDATE, DELETE, SEND, CLOSE), narrow)},
        INVOICE: {READ: scope, UPDATE: narrow, FEED_BACK: narrow},
    }


_ALL = Scope.COMPANY
GRANTS: Mapping[str, Grants] = {
    "department_head": _sells(Scope.SUBTREE),
    "salesperson": _sells(Scope.OWN_SHARED),
    "customer_manager": _sells(Scope.OWN_SHARED),
    "project_manager": _sells(Scope.OWN_SHARED),
    "contract_administrator": _reads(_ALL)
    | {
        RECEIPT: dict.fromkeys((READ, CREATE, UPDATE, CLAIM, REFUND, IMPORT), _ALL),
        ALLOCATION: dict.fromkeys((READ, CREATE, REVERSE), _ALL),
    },
    "invoicing_clerk": _reads(_ALL)
    | {
        TITLE: dict.fromkeys((READ, CREATE, UPDATE), _ALL),
        NOTICE: dict.fromkeys((READ, ISSUE, CLOSE), _ALL),
        INVOICE: dict.fromkeys((READ, CREATE, UPDATE, DELIVER, FEED_BACK, REMIND, REVERSE), _ALL),
    },
    "finance_manager": _reads(_ALL),
    "leader_in_charge": _reads(Scope.IN_CHARGE),
    "company_leader": _reads(_ALL),
}
"""After-sales staff, sharers of a customer and administrators see no money."""
