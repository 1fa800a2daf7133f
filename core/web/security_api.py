"""REST sign-in: ``POST /api/v1/security/login`` and ``/refresh``, in FAB's shape."""

from __future__ import annotations

from flask import jsonify, request
from flask_appbuilder.api import expose
from werkzeug.wrappers import Response

from core.access.identities import by_token, make_tokens
from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.web.access import public
from core.web.api import PluginApi
from core.web.gate import database_of
from core.web.input import body
from core.web.knocking import knock


class SecurityApi(PluginApi):
    """Tokens for programs; each carries the account's epoch and dies with it."""

    resource_name = "security"

    @expose("/login", methods=["POST"])
    @public
    def login(self) -> Response:
        """Exchange user name and password for an access token, and a refresh token on request.

        Where the account uses two-step verification, ``code`` is asked for too: of the app, or a recovery code.
        """
        sent = body()
        name, password, code = sent.get("username"), sent.get("password"), sent.get("code")
        texts = isinstance(name, str) and isinstance(password, str) and isinstance(code, str | None)
        if not texts or sent.get("provider", "db") != "db":
            raise BadInput(msg("Please send username, password and provider “db”."))
        user_id = knock(name[:64], password[:256], code=code)
        return jsonify(make_tokens(database_of().identity(), user_id, refresh=bool(sent.get("refresh"))))

    @expose("/refresh", methods=["POST"])
    @public
    def refresh(self) -> Response:
        """Exchange a refresh token (as bearer) for a new access token."""
        _, _, token = request.headers.get("Authorization", "").partition(" ")
        work = database_of().identity()
        identity = by_token(work, token.strip(), "refresh")
        return jsonify(make_tokens(work, identity.user_id, refresh=False))
