"""``GET /api/v1/_openapi``: the REST interface as the person may use it, modules that are off left out."""

from __future__ import annotations

from apispec import APISpec
from flask import current_app, g, jsonify
from flask_appbuilder.api import expose
from werkzeug.wrappers import Response

from core.web.access import member
from core.web.api import PluginApi, RecordApi
from core.web.openapi import bulk_paths, noun_paths


class OpenApi(PluginApi):
    """The description of REST for programs and people."""

    resource_name = "_openapi"

    @expose("", methods=["GET"])
    @member
    def describe(self) -> Response:
        """OpenAPI 3 document of the modules that are on for this company."""
        spec = APISpec(title="Keguan", version="v1", openapi_version="3.0.3", info={"description": "REST interface of Keguan"})
        spec.components.security_scheme("jwt", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
        for api in current_app.extensions["appbuilder"].baseviews:
            if isinstance(api, RecordApi) and api.plugin in g.actor.modules | {"core"}:
                noun_paths(spec, api.noun)
        bulk_paths(spec)
        return jsonify(spec.to_dict())
