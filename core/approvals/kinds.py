"""Kinds of approval that the house itself has."""

from __future__ import annotations

from core.extension.approving import ApprovalKind

CORE_APPROVALS: tuple[ApprovalKind, ...] = ()
"""Those of other floors are added where the application is put together."""
