"""FAB's security manager, bound to our rights: its own role tables decide nothing (design 3.1)."""

from __future__ import annotations

from typing import Any

from flask import g, has_request_context
from flask_appbuilder.menu import Menu
from flask_appbuilder.security.sqla.manager import SecurityManager


class KeguanSecurity(SecurityManager):
    """Answers FAB's questions from the gate's result; FAB reaches no view that the gate has not let pass."""

    def register_views(self) -> None:
        """No view of FAB's is registered: sign-in, users and roles are our own pages."""

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """The gate has decided already; outside of a request nobody has access."""
        return has_request_context() and g.get("actor") is not None

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """Nothing is public but what declares it to the gate."""
        return False

    def add_permissions_view(self, base_permissions: Any, view_menu: Any) -> None:
        """Rights are data of ours, not rows that FAB writes at start."""

    def add_permissions_menu(self, view_menu_name: Any) -> None:
        """Menus are shown by right and module, not by FAB's rows."""

    @staticmethod
    def before_request() -> None:
        """FAB's templates and mixins look at ``g.user``; we give them the identity."""
        g.user = g.get("identity")


class NoMenu(Menu):
    """FAB's menu stays empty: the side menu is built from ``crm_menu``."""

    def get_list(self) -> list[Any]:
        """Nothing."""
        return []

    def get_data(self, menu: Any = None) -> list[Any]:
        """Nothing."""
        return []
