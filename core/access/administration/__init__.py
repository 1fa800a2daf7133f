"""Verbs of administrators: what a company sets for itself, and who works in it. Page, REST and command call these."""

from core.access.administration.code_lists import add_entry, change_entry, remove_entry
from core.access.administration.departments import appoint_leader, rename_department
from core.access.administration.employees import (
    change_employee,
    employ,
    give_first_password,
    let_go,
    let_sign_in_again,
    reset_second_factor,
    set_roles,
    take_back,
    take_on,
    unlock,
)
from core.access.administration.handing_over import hand_over_everything, undo_handover, what_moves
from core.access.administration.parameters import set_parameter, withdraw_parameter
from core.access.administration.working_days import forget_day, set_day

__all__ = [
    "add_entry",
    "appoint_leader",
    "change_employee",
    "change_entry",
    "employ",
    "forget_day",
    "give_first_password",
    "hand_over_everything",
    "let_go",
    "let_sign_in_again",
    "remove_entry",
    "rename_department",
    "reset_second_factor",
    "set_day",
    "set_parameter",
    "set_roles",
    "take_back",
    "take_on",
    "undo_handover",
    "unlock",
    "what_moves",
    "withdraw_parameter",
]
