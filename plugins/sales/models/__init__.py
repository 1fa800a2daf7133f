"""Stored classes of this plugin."""

from plugins.sales.models.competitor import Competitor
from plugins.sales.models.minimum import ProfitMinimum
from plugins.sales.models.opportunity import Opportunity, OpportunityLine
from plugins.sales.models.order import Order, OrderLine
from plugins.sales.models.pipeline import Pipeline, Stage
from plugins.sales.models.project import Milestone, Project, ProjectEntry, ProjectMember
from plugins.sales.models.proposal import ProjectProposal
from plugins.sales.models.quotation import Quotation, QuotationLine

__all__ = [
    "Competitor",
    "Milestone",
    "Opportunity",
    "OpportunityLine",
    "Order",
    "OrderLine",
    "Pipeline",
    "ProfitMinimum",
    "Project",
    "ProjectEntry",
    "ProjectMember",
    "ProjectProposal",
    "Quotation",
    "QuotationLine",
    "Stage",
]
