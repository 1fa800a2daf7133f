"""The pages of approvals, for the register."""

from core.web.approvals.applications import AccessApplicationsView
from core.web.approvals.chains import ChainsView
from core.web.approvals.delegations import DelegationsView
from core.web.approvals.inbox import ApprovalsView

APPROVAL_VIEWS = (ApprovalsView, DelegationsView, ChainsView, AccessApplicationsView)

__all__ = ["APPROVAL_VIEWS"]
