"""Questions about opportunities, quotations, orders and projects, for lists of others and for the desk."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from core.database.covering import may_query
from core.database.together import told
from core.kernel.acting import acting, actor
from core.organisation.models import Employee
from plugins.sales.models import Milestone, Opportunity, Order, Project, ProjectEntry, ProjectProposal, Quotation
from plugins.sales.rules.opportunities import CLOSED, OpportunityState
from plugins.sales.rules.projects import ProjectState, ProposalState
from plugins.sales.rules.quotations import QuotationState


def of_customer(model: Any, customer_id: int) -> Select[Any]:
    """Records of ``model`` with a customer, newest first."""
    return select(model).where(model.customer_id == customer_id).order_by(model.id.desc())


def open_of_customer(customer_id: int) -> Select[Opportunity]:
    """The customer's opportunities in progress."""
    return select(Opportunity).where(Opportunity.customer_id == customer_id, Opportunity.state == OpportunityState.OPEN)


# What the desk and the timelines tell: rows for ``told``, whose first text is the title.


def own_due(day: date) -> Select[Any]:
    """Own opportunities that need something by ``day``: warned of, past their date, or with a next step due; the longest waiting first.

    The second text is the next step, the third the warning.
    """
    due = or_(Opportunity.warned.is_not(None), Opportunity.expected_on < day, Opportunity.next_on <= day)
    when = func.coalesce(Opportunity.next_on, Opportunity.expected_on)
    rows = told(Opportunity.id, Opportunity.title, Opportunity.next_step, Opportunity.warned, day=when)
    own = and_(Opportunity.owner_id == actor().employee_id, Opportunity.state == OpportunityState.OPEN)
    return rows.where(own, due).order_by(Opportunity.next_on.is_(None), Opportunity.next_on, Opportunity.id)


def waiting_for_others(model: Any, state: Any) -> Select[Any]:
    """Orders or quotations of others that wait in ``state``, oldest first."""
    return told(model.id, model.title).where(model.state == state, model.owner_id != actor().employee_id).order_by(model.id)


def own_unanswered(day: date) -> Select[Any]:
    """Own quotations that the customer has and that are valid until ``day`` at most, the first to expire first: title and number."""
    mine = Quotation.owner_id == actor().employee_id, Quotation.state == QuotationState.SENT, Quotation.valid_until <= day
    return (
        told(Quotation.id, Quotation.title, Quotation.number, day=Quotation.valid_until)
        .where(*mine)
        .order_by(Quotation.valid_until, Quotation.id)
    )


def proposals_waiting() -> Select[Any]:
    """Proposals of others that wait for a decision, oldest first."""
    waiting = ProjectProposal.state == ProposalState.SUBMITTED, ProjectProposal.owner_id != actor().employee_id
    return told(ProjectProposal.id, ProjectProposal.title).where(*waiting).order_by(ProjectProposal.id)


def own_milestones(day: date) -> Select[Any]:
    """Milestones of own running projects that are due by ``day``, longest overdue first: name and project."""
    mine = and_(Project.owner_id == actor().employee_id, Project.state == ProjectState.RUNNING)
    rows = told(Milestone.id, Milestone.name, Project.title, day=Milestone.due_on)
    due = and_(Milestone.reached_on.is_(None), Milestone.due_on <= day)
    return rows.join(Project, Project.id == Milestone.project_id).where(mine, due).order_by(Milestone.due_on, Milestone.id)


def closed_of_customer(customer_id: int) -> Select[Any]:
    """Closed opportunities of a customer with the owner's name, latest first; the second text is the state."""
    rows = told(Opportunity.id, Opportunity.title, Opportunity.state, day=Opportunity.closed_on, who=Employee.name)
    closed = and_(Opportunity.customer_id == customer_id, Opportunity.state.in_(CLOSED))
    return rows.join(Employee, Employee.id == Opportunity.owner_id).where(closed).order_by(Opportunity.id.desc())


def orders_of_customer(customer_id: int) -> Select[Any]:
    """Orders of a customer that came into force, with the owner's name, latest first; the second text is the number."""
    rows = told(Order.id, Order.title, Order.number, day=Order.effective_on, who=Employee.name)
    taken = and_(Order.customer_id == customer_id, Order.effective_on.is_not(None))
    return rows.join(Employee, Employee.id == Order.owner_id).where(taken).order_by(Order.id.desc())


def quotations_of_customer(customer_id: int, day: Any) -> Select[Any]:
    """Quotations of a customer by ``day`` (when they were sent, or answered) with the owner's name, latest first: title, number, state."""
    rows = told(Quotation.id, Quotation.title, Quotation.number, Quotation.state, day=day, who=Employee.name)
    sent = and_(Quotation.customer_id == customer_id, day.is_not(None))
    return rows.join(Employee, Employee.id == Quotation.owner_id).where(sent).order_by(day.desc(), Quotation.id.desc())


def entries_of_project(project_id: int) -> Select[Any]:
    """Entries of a project with the name of who wrote them, newest first: content and progress."""
    who = Employee.name if may_query(acting(), ProjectEntry, "person") else None
    rows = told(ProjectEntry.id, ProjectEntry.content, ProjectEntry.progress, at=ProjectEntry.at, who=who)
    mine = rows.join(Employee, Employee.id == ProjectEntry.person_id).where(ProjectEntry.project_id == project_id)
    return mine.order_by(ProjectEntry.at.desc(), ProjectEntry.id.desc())


def reached_of_project(project_id: int) -> Select[Any]:
    """Milestones of a project that were reached, latest first."""
    reached = Milestone.project_id == project_id, Milestone.reached_on.is_not(None)
    rows = told(Milestone.id, Milestone.name, day=Milestone.reached_on)
    return rows.where(*reached).order_by(Milestone.reached_on.desc(), Milestone.id.desc())
