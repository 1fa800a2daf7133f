"""Verbs of sales. Page, REST, import, job and hook all call these."""

from plugins.sales.operations.closing import (
    advance_opportunity,
    archive_opportunity,
    lose_opportunity,
    reopen_opportunity,
    win_opportunity,
)
from plugins.sales.operations.competitors import add_competitor, change_competitor, delete_competitor
from plugins.sales.operations.entries import change_entry, remove_entry, write_entry
from plugins.sales.operations.following import follow_customer
from plugins.sales.operations.members import add_member, change_member, remove_member
from plugins.sales.operations.milestones import add_milestone, change_milestone, delete_milestone, reach_milestone
from plugins.sales.operations.minimums import change_minimum, delete_minimum, set_minimum
from plugins.sales.operations.opportunities import (
    change_opportunity,
    create_opportunity,
    delete_opportunity,
    hand_over_opportunity,
)
from plugins.sales.operations.ordering import (
    approve_discount,
    approve_review,
    cancel_order,
    close_order,
    refuse_discount,
    return_order,
    submit_order,
)
from plugins.sales.operations.orders import change_order, create_order, delete_order
from plugins.sales.operations.pipelines import (
    add_stage,
    change_pipeline,
    change_stage,
    create_pipeline,
    delete_pipeline,
    delete_stage,
    first_stage,
)
from plugins.sales.operations.projects import (
    change_project,
    create_from_proposal,
    create_project,
    finish_project,
    resume_project,
    stop_project,
)
from plugins.sales.operations.proposals import (
    approve_proposal,
    change_proposal,
    create_proposal,
    delete_proposal,
    reject_proposal,
    submit_proposal,
)
from plugins.sales.operations.quotations import change_quotation, create_quotation, delete_quotation
from plugins.sales.operations.quoting import (
    accept_quotation,
    approve_low_price,
    decline_quotation,
    expire_quotations,
    order_quotation,
    refuse_low_price,
    revise_quotation,
    rework_quotation,
    send_quotation,
    submit_quotation,
)
from plugins.sales.operations.warning import warn_opportunities, warn_projects

__all__ = [
    "accept_quotation",
    "add_competitor",
    "add_member",
    "add_milestone",
    "add_stage",
    "advance_opportunity",
    "approve_discount",
    "approve_low_price",
    "approve_proposal",
    "approve_review",
    "archive_opportunity",
    "cancel_order",
    "change_competitor",
    "change_entry",
    "change_member",
    "change_milestone",
    "change_minimum",
    "change_opportunity",
    "change_order",
    "change_pipeline",
    "change_project",
    "change_proposal",
    "change_quotation",
    "change_stage",
    "close_order",
    "create_from_proposal",
    "create_opportunity",
    "create_order",
    "create_pipeline",
    "create_project",
    "create_proposal",
    "create_quotation",
    "decline_quotation",
    "delete_competitor",
    "delete_milestone",
    "delete_minimum",
    "delete_opportunity",
    "delete_order",
    "delete_pipeline",
    "delete_proposal",
    "delete_quotation",
    "delete_stage",
    "expire_quotations",
    "finish_project",
    "first_stage",
    "follow_customer",
    "hand_over_opportunity",
    "lose_opportunity",
    "order_quotation",
    "reach_milestone",
    "refuse_discount",
    "refuse_low_price",
    "reject_proposal",
    "remove_entry",
    "remove_member",
    "reopen_opportunity",
    "resume_project",
    "return_order",
    "revise_quotation",
    "rework_quotation",
    "send_quotation",
    "set_minimum",
    "stop_project",
    "submit_order",
    "submit_proposal",
    "submit_quotation",
    "warn_opportunities",
    "warn_projects",
    "win_opportunity",
    "write_entry",
]
