"""Verbs on contracts. Page, REST, import, job and hook all call these."""

from plugins.contracts.operations.completing import complete_data, return_for_data
from plugins.contracts.operations.drafting import change_contract, delete_contract, draft_contract, set_lines
from plugins.contracts.operations.ending import expire_contracts, terminate_contract, void_contract
from plugins.contracts.operations.following import follow_customer
from plugins.contracts.operations.signing import hand_over_text, register_contract, sign_contract

__all__ = [
    "change_contract",
    "complete_data",
    "delete_contract",
    "draft_contract",
    "expire_contracts",
    "follow_customer",
    "hand_over_text",
    "register_contract",
    "return_for_data",
    "set_lines",
    "sign_contract",
    "terminate_contract",
    "void_contract",
]
