"""REST of this plugin."""

from __future__ import annotations

from core.web.api import RecordApi
from plugins.service.views.dispatches import DISPATCHES
from plugins.service.views.notes import NOTES
from plugins.service.views.requests import REQUESTS


class ServiceRequestsApi(RecordApi):
    """Service requests and their verbs."""

    noun = REQUESTS


class ServiceNotesApi(RecordApi):
    """Service notes."""

    noun = NOTES


class DispatchOrdersApi(RecordApi):
    """Dispatch orders and their verbs."""

    noun = DISPATCHES


APIS = (ServiceRequestsApi, ServiceNotesApi, DispatchOrdersApi)
