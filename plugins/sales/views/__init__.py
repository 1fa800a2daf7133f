"""Pages of this plugin."""

from plugins.sales.views.minimums import ProfitMinimumsView
from plugins.sales.views.opportunities import OpportunitiesView
from plugins.sales.views.orders import OrdersView
from plugins.sales.views.parts import MilestonesView, ProjectEntriesView, ProjectMembersView
from plugins.sales.views.pipelines import CompetitorsView, PipelinesView, StagesView
from plugins.sales.views.projects import ProjectsView
from plugins.sales.views.proposals import ProjectProposalsView
from plugins.sales.views.quotations import QuotationsView

VIEWS = (
    *(OpportunitiesView, QuotationsView, OrdersView, ProjectProposalsView, ProjectsView),
    *(ProjectMembersView, MilestonesView, ProjectEntriesView),
    *(PipelinesView, StagesView, CompetitorsView, ProfitMinimumsView),
)

__all__ = ["VIEWS"]
