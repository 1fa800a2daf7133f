"""Flask and Flask-AppBuilder, set up the way the house needs them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from babel import Locale
from flask import Flask, current_app, g, has_request_context, request
from flask_appbuilder import AppBuilder
from flask_babel import ngettext
from jinja2 import ChoiceLoader, FileSystemLoader

from core.access.web_sessions import WebSessions
from core.kernel.words import translate
from core.web.addresses import install_converters
from core.web.doors import install_doors
from core.web.edge import Edge
from core.web.failures import install_failures
from core.web.gate import install_gate
from core.web.headers import install_headers
from core.web.packing import install_packing
from core.web.pages import install as install_pages
from core.web.pages.reader import said
from core.web.pages.rendering import Templates
from core.web.register import register_surfaces
from core.web.security import KeguanSecurity, NoMenu


def build_web(keguan: Any) -> Flask:
    """Return the Flask application of ``keguan``; plugins' views are registered, later routes are impossible."""
    app = Flask("core.web", static_folder="static", template_folder="templates")
    app.config.from_mapping(_config(keguan))
    app.jinja_environment = Templates
    app.extensions["keguan"] = keguan
    app.jinja_loader = _templates(keguan)
    app.session_interface = WebSessions(keguan.database, keguan.settings.session_hours, keguan.settings.session_idle_minutes)
    install_converters(app)
    install_packing(app)
    install_pages(app)
    install_failures(app)
    install_headers(app)
    install_gate(app, keguan.database)
    install_doors(app, keguan.database)
    with app.app_context():
        builder = AppBuilder(app, keguan.database.identity, menu=NoMenu(), indexview=_desk(), security_manager_class=KeguanSecurity)
        app.extensions["babel"].locale_selector = _language
        app.jinja_env.install_gettext_callables(translate, ngettext, newstyle=True)  # type: ignore[attr-defined]
        app.jinja_env.globals.update(gettext=said, _=said)
        register_surfaces(app, builder, keguan)
    app.wsgi_app = Edge(app.wsgi_app, keguan.database)  # type: ignore[method-assign]
    return app


def _templates(keguan: Any) -> ChoiceLoader:
    """Our templates, and those of each plugin below a folder of its name."""
    folders = [keguan.registry.folder(name) / "templates" for name in keguan.registry.names]
    return ChoiceLoader(
        [FileSystemLoader(str(Path(__file__).parent / "templates")), *(FileSystemLoader(str(folder)) for folder in folders)]
    )


def _desk() -> Any:
    from core.web.desk import DeskView

    return DeskView


LANGUAGES = {code: Locale.parse(code) for code in ("zh_CN", "en")}
"""Parsed once: reading the name of a language takes longer than drawing a menu."""


def _language() -> Locale:
    """The language of the person, else the one asked for at sign-in, else the deployment's."""
    usual = LANGUAGES[current_app.config["BABEL_DEFAULT_LOCALE"]]
    if not has_request_context():
        return usual
    identity = g.get("identity")
    chosen = identity.language if identity is not None else request.cookies.get("kg_language", "")
    return LANGUAGES.get(chosen, usual)


def _config(keguan: Any) -> dict[str, Any]:
    settings, registry = keguan.settings, keguan.registry
    folders = [str(registry.folder(name) / "translations") for name in registry.names]
    return {
        "SECRET_KEY": settings.secret_key,
        "TESTING": settings.environment == "testing",
        "SESSION_COOKIE_NAME": "kg_session",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "MAX_CONTENT_LENGTH": settings.upload_limit,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "BABEL_DEFAULT_LOCALE": settings.default_language,
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        "BABEL_TRANSLATION_DIRECTORIES": ";".join([_core_translations(), *folders]),
        "LANGUAGES": {"zh_CN": {"flag": "cn", "name": "中文"}, "en": {"flag": "gb", "name": "English"}},
        "FAB_UPDATE_PERMS": False,
        "FAB_CREATE_DB": False,
        "FAB_ADD_SECURITY_VIEWS": False,
        "FAB_API_SWAGGER_UI": False,
        "FAB_PASSWORD_HASH_METHOD": settings.password_method,
        "JWT_SECRET_KEY": settings.token_key,
        "JWT_ACCESS_TOKEN_EXPIRES": settings.token_minutes * 60,
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "APP_NAME": "客管",
        "ASSETS_VERSION": _assets_version(),
        "TRUSTED_HOSTS": list(settings.public_hosts) or None,
    }


def _assets_version() -> str:
    """Changes with the content of styles, scripts and the reviewed assets, so that browsers may keep what they have for ever."""
    here = Path(__file__).parent
    files = [
        here / "assets.json",
        here / "static" / "icons.txt",
        *sorted((here / "static").glob("css/*.css")),
        *sorted((here / "static").glob("js/*.js")),
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files if path.is_file())).hexdigest()[:12]


def _core_translations() -> str:
    return str(Path(__file__).resolve().parent.parent / "translations")
