"""Kinds of approval that the house itself has."""

from __future__ import annotations

from core.approvals.operations.applying import ACCESS
from core.extension.approving import ApprovalKind

CORE_APPROVALS: tuple[ApprovalKind, ...] = (ACCESS,)
"""Those of further floors of the house are added where the application is put together."""
