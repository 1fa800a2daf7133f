"""Verbs of the approval engine, callable without a web request. Page, REST, plugin and job call these."""

from core.approvals.operations.applying import apply_for_access, grant_access, revoke_access
from core.approvals.operations.chain_setting import set_chain
from core.approvals.operations.changing import Change, ask_for_change, change_or_ask, forget_wishes
from core.approvals.operations.deciding import approve, decide_on, reject, return_for_completion
from core.approvals.operations.delegating import delegate, end_delegation
from core.approvals.operations.following import drop_case, follow_cases, remind, withdraw
from core.approvals.operations.submitting import (
    approval_lacking,
    approval_stands,
    needs_approval,
    submit,
    submit_document,
    submit_if_needed,
    use_approval,
)

__all__ = [
    "Change",
    "apply_for_access",
    "approval_lacking",
    "approval_stands",
    "approve",
    "ask_for_change",
    "change_or_ask",
    "decide_on",
    "delegate",
    "drop_case",
    "end_delegation",
    "follow_cases",
    "forget_wishes",
    "grant_access",
    "needs_approval",
    "reject",
    "remind",
    "return_for_completion",
    "revoke_access",
    "set_chain",
    "submit",
    "submit_document",
    "submit_if_needed",
    "use_approval",
    "withdraw",
]
