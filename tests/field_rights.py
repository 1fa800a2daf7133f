"""Stating field rights in tests, as the security administrator does."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from core.access.field_roles import set_field_rights
from core.access.models import Role
from core.kernel.acting import FieldAccess
from core.testing.world import World


def state(world: World, preset: str, cells: Mapping[tuple[str, str], FieldAccess | None]) -> None:
    """State field rights for the role made from ``preset``."""
    with world.use_case("security") as session:
        role = session.scalars(select(Role).where(Role.preset == preset)).one()
        set_field_rights(session, role.id, role.version, cells)
