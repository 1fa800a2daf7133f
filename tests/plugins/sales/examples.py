"""What typical records of sales need beside values that fit their fields: an approved proposal of its own before a project."""

from __future__ import annotations

from typing import Any

from plugins.sales.operations import approve_proposal, submit_proposal

HEADS = {"sales.east1": "head.east", "sales2": "head2"}
COLLEAGUES = {"sales.east1": "sales.east2", "sales2": "head2"}
BOUND = {**COLLEAGUES, "head.east": "sales.east1", "head2": "sales2"}
"""In both demo companies."""


def approved_proposal(examples: Any) -> int:
    """Id of a proposal that the head has approved and that has no project."""
    proposal_id: int = examples.fresh(examples.nouns.by_path["project-proposals"])
    seller = _seller(examples)
    with examples.world.use_case(seller) as session:
        submit_proposal(session, proposal_id, None)
    with examples.world.use_case(HEADS[seller]) as session:
        approve_proposal(session, proposal_id, None)
    return proposal_id


def fresh_project(examples: Any) -> int:
    """Id of a project that has no members yet."""
    return int(examples.fresh(examples.nouns.by_path["projects"]))


def colleague(examples: Any) -> int:
    """Id of a colleague who does not manage the projects of the examples."""
    return int(examples.world.employees[COLLEAGUES[_seller(examples)]].id)


def bound(examples: Any) -> int:
    """Id of a colleague whose minimum the examples' account may set."""
    account: str = examples.account(examples.nouns.by_path["profit-minimums"])
    return int(examples.world.employees[BOUND[account]].id)


def _seller(examples: Any) -> str:
    """Who makes the proposals of these examples."""
    account: str = examples.account(examples.nouns.by_path["project-proposals"])
    return account


VALUES = {
    "opportunities": {"lines": [], "chance": 30},
    "quotations": {"lines": []},
    "orders": {"lines": [], "contract_number": None},
    "projects": {"proposal": approved_proposal, "least_profit_rate": "17.5"},
    "profit-minimums": {"employee": bound, "least_profit_rate": "12.5"},
    "project-members": {"project": fresh_project, "employee": colleague},
    "stages": {"chance": 40},
    "project-entries": {"progress": 40},
}
