"""Customers, contacts and follow-ups: who they are, who follows them, what was said and what comes next."""

from core.extension.manifest import Manifest
from core.kernel.words import msg

MANIFEST = Manifest(
    "customers",
    msg("Customers"),
    msg("Customers, contacts and follow-ups, with review, sharing and handover."),
    "1.0",
    icon="users-group",
)
