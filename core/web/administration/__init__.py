"""Pages of the administrators, and those of the house that belong to no business: search and notices."""

from core.web.administration.code_lists import CodeListsView
from core.web.administration.field_rights import FieldRightsView
from core.web.administration.handovers import HandoversView
from core.web.administration.keys import KeysView
from core.web.administration.modules import ModulesView
from core.web.administration.notices import NoticesView
from core.web.administration.organisation import OrganisationView
from core.web.administration.parameters import ParametersView
from core.web.administration.privacy import PrivacyView
from core.web.administration.roles import RolesView
from core.web.administration.search import SearchView
from core.web.administration.trail import AuditRowsView
from core.web.administration.trail_state import TrailView
from core.web.administration.two_step import TwoStepView
from core.web.administration.working_days import WorkingDaysView

CORE_VIEWS = (
    ModulesView,
    ParametersView,
    CodeListsView,
    WorkingDaysView,
    RolesView,
    FieldRightsView,
    OrganisationView,
    HandoversView,
    AuditRowsView,
    PrivacyView,
    TrailView,
    SearchView,
    NoticesView,
    KeysView,
    TwoStepView,
)

__all__ = ["CORE_VIEWS"]
