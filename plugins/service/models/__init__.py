"""Stored classes of this plugin."""

from plugins.service.models.dispatch import DispatchOrder, DispatchPart
from plugins.service.models.handling import Handling, Participation, ServiceNote
from plugins.service.models.request import ServiceRequest

__all__ = ["DispatchOrder", "DispatchPart", "Handling", "Participation", "ServiceNote", "ServiceRequest"]
