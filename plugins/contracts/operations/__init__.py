"""Verbs on contracts. Page, REST, import, job and hook all call these."""

from plugins.contracts.operations.amending import (
    change_supplement,
    draft_supplement,
    drop_supplement,
    plan_payment,
    sign_supplement,
)
from plugins.contracts.operations.completing import complete_data, return_for_data
from plugins.contracts.operations.drafting import change_contract, delete_contract, draft_contract, set_lines
from plugins.contracts.operations.ending import expire_contracts, terminate_contract, void_contract
from plugins.contracts.operations.following import follow_customer
from plugins.contracts.operations.hearing import draft_from_deal, find_by_number
from plugins.contracts.operations.releasing import reach_milestone, release_due_payments, release_payment
from plugins.contracts.operations.reminding import remind_of_ends, remind_of_writing
from plugins.contracts.operations.scheduling import add_payment, change_payment, plan_payments, remove_payment, set_schedule
from plugins.contracts.operations.signing import hand_over_text, register_contract, sign_contract
from plugins.contracts.operations.speaking import (
    change_oral_contract,
    confirm_in_writing,
    record_oral_contract,
    take_oral_agreement,
    withdraw_oral_contract,
)

__all__ = [
    "add_payment",
    "change_contract",
    "change_oral_contract",
    "change_payment",
    "change_supplement",
    "complete_data",
    "confirm_in_writing",
    "delete_contract",
    "draft_contract",
    "draft_from_deal",
    "draft_supplement",
    "drop_supplement",
    "expire_contracts",
    "find_by_number",
    "follow_customer",
    "hand_over_text",
    "plan_payment",
    "plan_payments",
    "reach_milestone",
    "record_oral_contract",
    "register_contract",
    "release_due_payments",
    "release_payment",
    "remind_of_ends",
    "remind_of_writing",
    "remove_payment",
    "return_for_data",
    "set_lines",
    "set_schedule",
    "sign_contract",
    "sign_supplement",
    "take_oral_agreement",
    "terminate_contract",
    "void_contract",
    "withdraw_oral_contract",
]
