"""The gate: who is it, in which company, is the module on, is the right there. In this order, before any view runs."""

from __future__ import annotations

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from core.access.api_keys import KEY_PREFIX, by_api_key
from core.access.identities import Identity, by_token
from core.access.resolve import Membership, memberships
from core.access.web_sessions import ServerSession, UnreadSession
from core.database.sessions import Database
from core.kernel.acting import become
from core.kernel.errors import Forbidden, KeguanError, Malformed, NotFound, SignInRequired
from core.kernel.words import msg
from core.switchboard.actors import present
from core.web.access import Need, need_of
from core.web.edge import COMPANY

HEADER = "X-Keguan-Company"


class CsrfRefused(KeguanError):
    """A form without its token, or with one of another sign-in."""

    status = 400


def install_gate(app: Flask, database: Database) -> None:
    """Let every request pass the gate first; must be called before FAB registers its own hooks."""
    csrf = CSRFProtect(app)

    @app.before_request
    def pass_gate() -> Response | None:
        need, view = need_of(app.view_functions.get(request.endpoint or ""))
        if request.endpoint == "static":
            return None
        _demand_session()
        if request.endpoint is None or need is None:
            g.identity = _reader(database.identity())
            raise NotFound
        identity = _identity(database.identity(), public=need.level == "public")
        g.identity, g.memberships, g.actor = identity, (), None
        nobody = identity is None and need.level != "public"  # is asked to sign in, whatever the form was made for
        if not nobody and (not request.headers.get("Authorization") or not is_api()):
            _check_csrf(csrf)
        return _enter(need, view, identity, database)


def is_api() -> bool:
    """Whether the request is a program's: it is answered with JSON and never redirected."""
    return request.path.startswith("/api/")


def _reader(work: Session) -> Identity | None:
    """Who reads the answer to an address that does not exist, for its language; a dead credential is told nothing more."""
    try:
        return _identity(work, public=False)
    except SignInRequired:
        return None


def _identity(work: Session, *, public: bool) -> Identity | None:
    header = request.headers.get("Authorization", "")
    if header and public:
        return None  # the endpoint looks at the credential itself
    if header:
        scheme, _, credential = header.partition(" ")
        if scheme.lower() != "bearer" or not credential.strip():
            raise SignInRequired
        credential = credential.strip()
        return by_api_key(work, credential) if credential.startswith(KEY_PREFIX) else by_token(work, credential)
    browser = _browser()
    return browser.identity if browser is not None else None


def _demand_session() -> None:
    """Raise what kept the session of the browser from being read."""
    found = session._get_current_object()  # type: ignore[attr-defined]
    if isinstance(found, UnreadSession):
        raise found.error


def _browser() -> ServerSession | None:
    """The session of a browser that is signed in."""
    found = session._get_current_object()  # type: ignore[attr-defined]
    return found if isinstance(found, ServerSession) else None


def _companies(identity: Identity, database: Database) -> tuple[Membership, ...]:
    """Where the person works today; for whom the cookie of this request stands, that was read together with the session."""
    browser = _browser()
    if browser is not None and browser.identity is identity:
        return browser.memberships
    return memberships(database.identity(), identity.user_id)


def _check_csrf(csrf: CSRFProtect) -> None:
    if request.endpoint == "SecurityApi.login":
        return  # asks for user name and password itself and sets no cookie
    try:
        csrf.protect()
    except CSRFError as error:
        raise CsrfRefused(msg("This form has expired. Please open the page again and repeat what you did.")) from error


def _enter(need: Need, view: object, identity: Identity | None, database: Database) -> Response | None:
    if need.level == "public" and identity is None:
        return None
    if identity is None:
        return _ask_to_sign_in()
    membership = _work_in(identity, database, must=need.level not in ("public", "signed_in"))
    if need.level in ("public", "signed_in"):
        return None
    if membership is None:
        return redirect(url_for("CompaniesView.choose"))
    if (asked := _asked_first(identity)) is not None:
        return asked
    _check_module_and_right(need, view)
    return None


def _work_in(identity: Identity, database: Database, *, must: bool) -> Membership | None:
    """Let the person act in the company of the request, if that is known."""
    g.memberships = _companies(identity, database)
    membership = _membership(identity, g.memberships, must=must)
    if membership is not None:
        g.membership = membership
        with database.question() as asking:
            g.actor = present(asking, identity.user_id, membership)
        become(g.actor)
    return membership


def is_inside() -> bool:
    """Whether the answer may stand in the frame of the company: the person is inside, or would be, had the request not failed before.

    What was refused at the gate, such as a form without its token or one that is too large, stays refused: no view runs after this, only
    the person's own menu is drawn around the error.
    """
    identity: Identity | None = g.get("identity")
    if identity is None or g.get("actor") is not None:
        return identity is not None
    try:
        return _asked_first(identity) is None and _work_in(identity, database_of(), must=True) is not None
    except (KeguanError, SQLAlchemyError):
        return False  # no company of theirs, or a database that does not answer: an error page comes all the same


def _asked_first(identity: Identity) -> Response | None:
    """What the account has to put in order before anything else opens: its own password, its second factor."""
    if identity.password_due and request.endpoint != "SignInView.password":
        return _ask_for_own_password()
    here = str(request.endpoint)
    if identity.factor_due and identity.company_id is None and not here.startswith(("TwoStepView.", "SignInView.password")):
        return _ask_for_second_factor()
    return None


def _ask_to_sign_in() -> Response:
    if is_api():
        raise SignInRequired
    if request.method == "GET" and not request.headers.get("HX-Request"):
        return redirect(url_for("SignInView.sign_in", next=request.script_root + request.full_path.rstrip("?")))
    raise SignInRequired


def _ask_for_own_password() -> Response:
    """A password that somebody else has set opens nothing but the page on which it is changed."""
    if is_api() or request.method != "GET":
        raise Forbidden(msg("Please sign in with the browser and change your first password; then this will work."))
    return redirect(url_for("SignInView.password"))


def _ask_for_second_factor() -> Response:
    """Who must have a second factor and has let the days of grace pass gets to no page but the one on which it is set up; keys go on."""
    if is_api() or request.method != "GET":
        raise Forbidden(msg("Please sign in with the browser and set up two-step verification first; then this will work."))
    return redirect(url_for("TwoStepView.state"))


def _membership(identity: Identity, found: tuple[Membership, ...], *, must: bool) -> Membership | None:
    """The company of the request: from the path, the header, the key, or the only one there is."""
    slug = request.environ.get(COMPANY) or request.headers.get(HEADER)
    if identity.company_id is not None:
        found = tuple(one for one in found if one.company_id == identity.company_id)
    if slug:
        chosen = [one for one in found if one.slug == slug]
        if not chosen:
            raise NotFound
        return chosen[0]
    if len(found) == 1 and (is_api() or not must):
        return found[0]
    if must and is_api():
        if not found:
            raise Forbidden
        raise Malformed(msg("You belong to several companies. Please name one in the header %(header)s.", header=HEADER))
    return None


def _check_module_and_right(need: Need, view: object) -> None:
    plugin = getattr(view, "plugin", "core")
    if plugin != "core" and plugin not in g.actor.modules:
        raise NotFound
    if need.level == "right" and not g.actor.may(need.resource, need.verb):
        raise Forbidden(right=(need.resource, need.verb))


def database_of(app: Flask | None = None) -> Database:
    """The database of the running application."""
    database: Database = (app or current_app).extensions["keguan"].database
    return database
