"""Whether the process is alive and ready, and its figures for a monitor (design 5)."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from flask import current_app, jsonify, request
from flask_appbuilder import expose
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from werkzeug.wrappers import Response

from core.kernel.errors import NotFound
from core.web.access import public
from core.web.views import PluginView

Check = Callable[[], bool]
LOOPBACK = ("127.0.0.1", "::1")


def ready_when(checks: dict[str, Check]) -> None:
    """Say what has to hold before this application takes requests; called once while it is put together."""
    current_app.extensions["keguan_checks"] = checks


def _results() -> dict[str, bool]:
    checks: dict[str, Check] = current_app.extensions.get("keguan_checks", {})
    return {name: check() for name, check in checks.items()}


def is_at_work(part: str) -> bool:
    """Whether one of the checks holds just now; what nobody checks does."""
    check = current_app.extensions.get("keguan_checks", {}).get(part)
    return check is None or bool(check())


class HealthView(PluginView):
    """For load balancers and monitors; tells nothing of the business."""

    route_base = ""

    @expose("/healthz")
    @public
    def alive(self) -> Response:
        """The process answers."""
        return jsonify({"alive": True})

    @expose("/readyz")
    @public
    def ready(self) -> tuple[Response, int]:
        """Database, tables and worker are there; 503 names what is missing."""
        results = _results()
        return jsonify({"ready": all(results.values()), "checks": results}), 200 if all(results.values()) else 503

    @expose("/metrics")
    @public
    def metrics(self) -> Response:
        """Prometheus figures: with the token of the settings, or from this machine when none is set."""
        token = current_app.extensions["keguan"].settings.metrics_token
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not (hmac.compare_digest(token, given) if token else request.remote_addr in LOOPBACK):
            raise NotFound
        figures = CollectorRegistry()
        gauge = Gauge("keguan_ready", "1 where the part is ready", ["part"], registry=figures)
        for name, result in _results().items():
            gauge.labels(name).set(result)
        return Response(generate_latest(figures), content_type=CONTENT_TYPE_LATEST)


HEALTH_VIEWS = (HealthView,)
