"""Pages of the administrators, and those of the house that belong to no business: search and notices."""

from core.web.administration.modules import ModulesView
from core.web.administration.notices import NoticesView
from core.web.administration.organisation import OrganisationView
from core.web.administration.roles import RolesView
from core.web.administration.search import SearchView
from core.web.administration.trail import AuditRowsView

CORE_VIEWS = (ModulesView, RolesView, OrganisationView, AuditRowsView, SearchView, NoticesView)

__all__ = ["CORE_VIEWS"]
