"""Pages of this plugin."""

from plugins.service.views.dispatches import DispatchOrdersView
from plugins.service.views.notes import ServiceNotesView
from plugins.service.views.requests import ServiceRequestsView

VIEWS = [ServiceRequestsView, ServiceNotesView, DispatchOrdersView]
