"""Questions about who has to bring which gross profit."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, or_, select

from plugins.sales.models import ProfitMinimum, Project, ProjectProposal


def minimum_of(employee_id: int, day: date) -> Select[ProfitMinimum]:
    """The minimum that binds the employee on ``day``: of several the one that began last."""
    holds = ProfitMinimum.starts_on <= day, or_(ProfitMinimum.ends_on.is_(None), ProfitMinimum.ends_on >= day)
    mine = select(ProfitMinimum).where(ProfitMinimum.employee_id == employee_id, *holds)
    return mine.order_by(ProfitMinimum.starts_on.desc(), ProfitMinimum.id.desc()).limit(1)


def project_of(opportunity_id: int) -> Select[Project]:
    """The newest project that came of the opportunity."""
    of_it = select(Project).join(ProjectProposal, ProjectProposal.id == Project.proposal_id)
    return of_it.where(ProjectProposal.opportunity_id == opportunity_id).order_by(Project.id.desc()).limit(1)
