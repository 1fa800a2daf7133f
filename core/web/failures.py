"""Errors become answers in one place: a sentence in the person's language, JSON for programs, nothing of the inside."""

from __future__ import annotations

import logging
import re
import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, g, jsonify, make_response, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response

from core.audit.reads import note_read
from core.audit.trail import plain
from core.database.sessions import has_committed
from core.kernel.acting import acting
from core.kernel.clock import now
from core.kernel.errors import BadInput, Forbidden, KeguanError, Malformed, NotFound, StaleVersion, TooLarge, TooManyAttempts
from core.kernel.words import Message, msg
from core.web.gate import database_of, is_api
from core.web.pages import ErrorPage, Link, Say, SignInPage, Tone, render
from core.web.refusals import missing_right, refused_title, who_grants

log = logging.getLogger("keguan.web")

SIGNED_OUT = msg("You have been signed out in the meantime. Sign in, and what you typed will be here again.")

TITLES: dict[int, Message] = {
    400: msg("This request could not be understood"),
    401: msg("Please sign in"),
    403: msg("You may not do this"),
    404: msg("Not found"),
    405: msg("Not possible here"),
    409: msg("Not possible now"),
    413: msg("Too large"),
    422: msg("Some values cannot be accepted"),
    429: msg("Too many requests"),
    500: msg("Something went wrong on our side"),
    503: msg("Not available right now"),
}
PLACES: dict[int, Message] = {400: msg("Not understood"), 500: msg("Something went wrong")}
"""For the bar of a phone, which has no room for these titles; they stand below it in whole."""
REASONS: dict[int, Message] = {
    400: msg("The request is incomplete or broken. Please go back and try again."),
    403: msg("Rights come with roles: you can apply for one that includes this."),
    405: msg("This address cannot be used in this way."),
    413: msg("What you sent is larger than is accepted. Please send a smaller file."),
    429: msg("Please wait a minute and try again."),
    500: msg("Nothing was changed. Please try again."),
}
NUL = re.compile(r"\bNUL\b")
SAVED = msg("What you did was saved, but the answer to it failed. Please look at it before you do it again.")
"""Of a failure after the commit: whoever then tries again does it twice."""


def install_failures(app: Flask) -> None:
    """Register the handlers of our family, of HTTP errors and of everything else."""
    app.register_error_handler(KeguanError, _known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unknown)


def _known(error: KeguanError) -> Response:
    if isinstance(error, Forbidden):
        _keep_refusal()
    response = answer(error.status, error.message, error)
    return waiting(error, response) if isinstance(error, TooManyAttempts) else response


def waiting(error: TooManyAttempts, response: Response) -> Response:
    """``response`` with the seconds after which trying again makes sense, for programs."""
    response.headers["Retry-After"] = str(max(int(error.wait.total_seconds()), 1))
    return response


def _keep_refusal() -> None:
    """The trail keeps who was refused what (R-445); that it cannot be written changes nothing about the refusal."""
    if acting() is None:
        return
    try:
        note_read(database_of().session(), "refused", subject=f"{request.method} {request.path}"[:250])
    except SQLAlchemyError:
        log.exception("a refusal was not written into the trail")


def _http(error: HTTPException) -> Response:
    code = error.code or 500
    if code < 400:
        return error.get_response()
    if isinstance(error, RequestEntityTooLarge):
        return _known(TooLarge(REASONS[413]))
    return answer(code, NotFound().message if code == 404 else _reason(code))


def _reason(code: int) -> Message:
    if code >= 500 and request.method not in ("GET", "HEAD") and has_committed(database_of().session()):
        return SAVED
    return REASONS.get(code, REASONS[400])


def _unknown(error: Exception) -> Response:
    if _broken_text(error):
        return _known(Malformed(msg("The text contains characters that cannot be stored. Please remove them.")))
    number = _number()
    log.error("error %s at %s %s", number, request.method, request.path, exc_info=error)
    return answer(500, _reason(500), number=number)


def _broken_text(error: Exception) -> bool:
    """NUL and lone surrogates that reach the driver through a filter or a search; what the driver says, for the statement may say NULL."""
    said = str(getattr(error, "orig", None) or error)
    return isinstance(error, UnicodeEncodeError) or NUL.search(said) is not None or "surrogates not allowed" in said


def answer(status: int, sentence: Message, error: KeguanError | None = None, number: str = "") -> Response:
    """The answer to a failed request, in the form that the caller understands."""
    number = number or _number()
    if is_api():
        response = make_response(jsonify(_as_json(status, sentence, error, number)), status)
    else:
        response = make_response(_as_page(status, sentence, number, error), status)
    if sentence is SAVED:
        response.headers["Keguan-Saved"] = "1"  # a part of a page is told by its script
    return response


def _as_json(status: int, sentence: Message, error: KeguanError | None, number: str) -> dict[str, Any]:
    body: dict[str, Any] = {"message": str(sentence), "status": status, "number": number}
    if isinstance(error, BadInput) and error.fields:
        body["fields"] = {name: str(text) for name, text in error.fields.items()}
    if isinstance(error, StaleVersion):
        body |= {"theirs": _plain(error.theirs), "yours": _plain(error.yours), "version": error.version}
    return body


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in values.items() if plain(value) is None or isinstance(plain(value), str | int | bool)}


def _as_page(status: int, sentence: Message, number: str, error: KeguanError | None) -> str:
    from core.web.shell import shell_or_none

    if status == 401 and not request.headers.get("HX-Request"):
        return _door()
    page = ErrorPage(
        title=_title(status, error),
        place=PLACES.get(status, ""),
        status=status,
        reason=(missing_right(error) or REASONS[403]) if _lacks_role(sentence) else sentence,
        number=number,
        at=now(),
        onward=(*_onward(status), *((_apply(),) if _lacks_role(sentence) else ())),
        whom=_whom(status),
        whom_label=msg("Grants rights in your company") if _lacks_role(sentence) else "",
        logged=status == 403 and acting() is not None,
        saved=sentence is SAVED,
    )
    return render(page, shell_or_none(), fragment="")


def _title(status: int, error: KeguanError | None) -> Message:
    if isinstance(error, StaleVersion):
        return msg("Someone else changed this first")
    return refused_title(error) or TITLES.get(status, TITLES[400])


def _lacks_role(sentence: Message) -> bool:
    """Whether no more is said than that the roles do not allow it: a page says that in its title, and below it what to do about it."""
    return sentence == Forbidden().message


def _apply() -> Link:
    return Link(msg("Apply for a role"), url_for("AccessApplicationsView.applications"), "user-plus")


def _onward(status: int) -> tuple[Link, ...]:
    """Ways on: the same once more, where that may help and sends nothing; back to where the person came from; and home."""
    if status == 401:
        return (Link(msg("Sign in"), url_for("SignInView.sign_in")),)
    back, home = _before(), url_for("DeskView.desk")
    ways = [Link(msg("Try again"), again, "refresh")] if status >= 500 and (again := _same_address()) else []
    ways += [Link(msg("Back"), back, "arrow-left")] if back and back != home else []
    return (*ways, Link(msg("Back to home"), home, "home"))


def _same_address() -> str:
    """The address that was asked for; empty where asking again would send a form, or lead to another host."""
    asked = urlsplit(request.url)
    return f"{asked.path}?{asked.query}".rstrip("?") if request.method == "GET" and not asked.path.startswith("//") else ""


def _before() -> str:
    """The page from which this one was asked for, else the one above it in the address; empty where neither is known.

    A part of a page stands in the page that asked for it, and has nothing to go back to.
    """
    if request.headers.get("HX-Request"):
        return ""
    came = _came()
    if came and (came.partition("?")[0] != request.script_root + request.path or came != (_same_address() or came)):
        return came
    return _above() if request.method == "GET" else _way_back()


def _above() -> str:
    """The page above this one in the address."""
    ways, above = current_app.create_url_adapter(request), request.path.rstrip("/")
    while ways is not None and "/" in above:
        above = above.rpartition("/")[0]
        if ways.test(f"{above}/", "GET"):
            return f"{request.script_root}{above}/"
    return ""


def _door() -> str:
    """The sign-in page instead of an answer: it leads back to the form that was sent, whose text the browser has kept."""
    says = (Say(SIGNED_OUT, Tone.WAIT),)
    page = SignInPage(title=msg("Sign in"), action=url_for("SignInView.sign_in"), next=_way_back(), turned=True, says=says)
    return render(page, None, fragment="")


def _way_back() -> str:
    """The page from which the form was sent, if that can be opened; else the form's own address or, for who came from us, the record's."""
    came = _came()
    if came and _opens(came.partition("?")[0].removeprefix(request.script_root)):
        return came
    record = request.path.rpartition("/")[0] if came else ""
    return next((request.script_root + path for path in (request.path, record) if path and _opens(path)), "")


def _opens(path: str) -> bool:
    """Whether the address shows a page, and does not only take forms."""
    ways = current_app.create_url_adapter(request)
    return ways is not None and ways.test(path, "GET")


def _came() -> str:
    """The page of ours that led here; empty where the browser names none, or one of somebody else."""
    came = urlsplit(request.referrer or "")
    ours = came.netloc == request.host and not came.path.startswith("//")
    return f"{came.path}?{came.query}".rstrip("?") if ours else ""


def _whom(status: int) -> Message | str:
    """Whom to ask."""
    if status == 403:
        return who_grants()
    return msg("your system administrator") if status >= 500 else ""


def _number() -> str:
    if "failure_number" not in g:
        g.failure_number = secrets.token_hex(4)
    return str(g.failure_number)
