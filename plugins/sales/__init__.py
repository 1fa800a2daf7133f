"""Opportunities, orders and projects: what may be sold, what has been ordered, what is being carried out."""

from core.extension.manifest import Manifest
from core.kernel.words import msg

MANIFEST = Manifest(
    "sales",
    msg("Sales"),
    msg("Opportunities by stage, orders with review and price approval, projects with milestones."),
    "1.0",
    requires=("customers", "catalog"),
    icon="target",
)
