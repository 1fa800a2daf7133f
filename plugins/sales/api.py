"""REST of this plugin."""

from __future__ import annotations

from core.web.api import RecordApi
from plugins.sales.views.minimums import MINIMUMS
from plugins.sales.views.opportunities import OPPORTUNITIES
from plugins.sales.views.orders import ORDERS
from plugins.sales.views.parts import ENTRIES, MEMBERS, MILESTONES
from plugins.sales.views.pipelines import COMPETITORS, PIPELINES, STAGES
from plugins.sales.views.projects import PROJECTS
from plugins.sales.views.proposals import PROPOSALS
from plugins.sales.views.quotations import QUOTATIONS


class OpportunitiesApi(RecordApi):
    """Opportunities and their verbs."""

    noun = OPPORTUNITIES


class QuotationsApi(RecordApi):
    """Quotations and their verbs."""

    noun = QUOTATIONS


class OrdersApi(RecordApi):
    """Sales orders and their verbs."""

    noun = ORDERS


class ProjectProposalsApi(RecordApi):
    """Project proposals and their verbs."""

    noun = PROPOSALS


class ProjectsApi(RecordApi):
    """Projects and their verbs."""

    noun = PROJECTS


class ProjectMembersApi(RecordApi):
    """Members of projects."""

    noun = MEMBERS


class MilestonesApi(RecordApi):
    """Milestones of projects."""

    noun = MILESTONES


class ProjectEntriesApi(RecordApi):
    """What was done for projects."""

    noun = ENTRIES


class ProfitMinimumsApi(RecordApi):
    """Minimum gross profits of persons."""

    noun = MINIMUMS


class PipelinesApi(RecordApi):
    """Pipelines."""

    noun = PIPELINES


class StagesApi(RecordApi):
    """Stages of pipelines."""

    noun = STAGES


class CompetitorsApi(RecordApi):
    """Competitors."""

    noun = COMPETITORS


APIS = (
    *(OpportunitiesApi, QuotationsApi, OrdersApi, ProjectProposalsApi, ProjectsApi),
    *(ProjectMembersApi, MilestonesApi, ProjectEntriesApi),
    *(PipelinesApi, StagesApi, CompetitorsApi, ProfitMinimumsApi),
)
