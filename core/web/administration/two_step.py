"""One's own two-step verification: set up with an app, recovery codes, taken off. Each change asks for the password, and a code where
there is one already."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import segno
from flask import g, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.sqla.models import User
from markupsafe import Markup
from werkzeug.wrappers import Response

from core.access.factor_codes import LONGEST, address_of
from core.access.factor_duty import days_of_grace
from core.access.second_factor import begin_set_up, confirm_set_up, factor_state, fresh_secret, renew_recovery_codes, turn_off
from core.kernel.acting import System, acting_as
from core.kernel.clock import today
from core.kernel.errors import Conflict, SignInRequired, TooManyAttempts
from core.kernel.words import Message, msg
from core.web import formats
from core.web.access import member
from core.web.gate import database_of
from core.web.going import go
from core.web.knocking import confirm_own_code, confirm_password
from core.web.letting_in import browser_key
from core.web.pages import FieldKind, FormField, Link, Say, Tone, TwoStepPage, TwoStepSetUpPage
from core.web.shell import say
from core.web.views import PluginView
from core.work.notices import notify

TITLE = msg("Two-step verification")
HERE = "/account/two-step/"


class TwoStepView(PluginView):
    """Nobody sees or changes the second factor of another person here."""

    route_base = "/account/two-step"

    @expose("/")
    @member
    def state(self) -> Response:
        """Whether it is on, and what may be done."""
        return self._state()

    @expose("/begin", methods=["POST"])
    @member
    def begin(self) -> Response:
        """Draw a new secret, once it is sure who asks; the page that follows shows it."""
        errors, status = what_is_wrong()
        if errors:
            return self._state(errors, status)
        self.use_case(lambda session: begin_set_up(session, g.actor.user_id))
        return go(url_for("TwoStepView.set_up"))

    @expose("/set-up", methods=["GET", "POST"])
    @member
    def set_up(self) -> Response:
        """The new secret; POST with its first code lets it count, and shows recovery codes, this once."""
        secret = fresh_secret(self.session, g.actor.user_id)
        if secret is None:
            return redirect(url_for("TwoStepView.state", late=1), 303)
        if request.method == "GET":
            return self._set_up(secret)
        typed = request.form.get("code", "")
        told = msg("Two-step verification was set up for your account. If that was not you, please tell your security administrator.")
        try:
            codes = self._changed(lambda session: confirm_set_up(session, g.actor.user_id, typed, keep=browser_key()), told)
        except SignInRequired:
            return self._set_up(
                secret,
                msg("This code is not correct. Please enter the one that the app shows now, and check the clock of your phone."),
            )
        return self._codes(codes, msg("Two-step verification is on. Other devices have been signed out."))

    @expose("/recovery-codes", methods=["POST"])
    @member
    def renew(self) -> Response:
        """New recovery codes, shown this once; the old ones are worth nothing."""
        errors, status = what_is_wrong()
        if errors:
            return self._state(errors, status)
        told = msg("New recovery codes were made for your account. If that was not you, please tell your security administrator.")
        codes = self._changed(lambda session: renew_recovery_codes(session, g.actor.user_id), told)
        return self._codes(codes, msg("The old recovery codes no longer work."))

    @expose("/off", methods=["POST"])
    @member
    def off(self) -> Response:
        """Take it off; refused where a company asks for it."""
        if _needed() is not None:
            raise Conflict(_must_keep())
        errors, status = what_is_wrong()
        if errors:
            return self._state(errors, status)
        told = msg("Two-step verification was turned off for your account. If that was not you, please tell your security administrator.")
        self._changed(lambda session: turn_off(session, g.actor.user_id, keep=browser_key()), told)
        say(msg("Two-step verification is off. Other devices have been signed out."))
        return go(url_for("TwoStepView.state"))

    def _changed(self, change: Callable[[Any], Any], told: Message) -> Any:
        """What ``change`` returns; the person is told by a notice in the same use case (ASVS 6.3.7)."""

        def work(session: Any) -> Any:
            made = change(session)
            notify(session, g.actor.employee_id, told, HERE)
            return made

        return self.use_case(work)

    def _state(self, errors: Mapping[str, Message] | None = None, status: int = 200) -> Response:
        state, needed = factor_state(self.session, g.actor.user_id), _needed()
        on = state.since is not None
        page = TwoStepPage(
            title=TITLE,
            since=state.since,
            left=state.left,
            fields=confirming_fields(g.identity.second_factor, errors or {}),
            begin_action=url_for("TwoStepView.begin"),
            renew_action=url_for("TwoStepView.renew") if on else "",
            off_action=url_for("TwoStepView.off") if on and needed is None else "",
            needed=_why(needed, on=on),
            says=(Say(msg("This took too long. Please begin again."), Tone.IDLE),) if request.args.get("late") else (),
        )
        return self.page(page, status)

    def _codes(self, codes: list[str], told: Message) -> Response:
        """The page that shows fresh recovery codes."""
        since = factor_state(self.session, g.actor.user_id).since
        return self.page(TwoStepPage(title=TITLE, since=since, codes=tuple(codes), says=(Say(told, Tone.GOOD),)))

    def _set_up(self, secret: str, error: Message | str = "") -> Response:
        account = _account()
        page = TwoStepSetUpPage(
            title=msg("Set up two-step verification"),
            crumbs=(Link(TITLE, url_for("TwoStepView.state")),),
            back=Link(TITLE, url_for("TwoStepView.state")),
            picture=drawn(address_of(secret, account)),
            secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
            account=account,
            fields=(code_field(error),),
            action=url_for("TwoStepView.set_up"),
            cancel_href=url_for("TwoStepView.state"),
        )
        return self.page(page, 422 if error else 200)


def confirming_fields(with_code: bool, errors: Mapping[str, Message | str]) -> tuple[FormField, ...]:
    """The questions by which somebody who is signed in shows again who it is."""
    password = FormField(
        "password",
        msg("Password"),
        FieldKind.PASSWORD,
        required=True,
        error=errors.get("password", ""),
        autocomplete="current-password",
    )
    return (password, code_field(errors.get("code", ""), recovery=True)) if with_code else (password,)


def what_is_wrong() -> tuple[Mapping[str, Message], int]:
    """What is wrong with the answers to :func:`confirming_fields`, and the status of the answer; nothing when they are right.

    The code is looked at after the password alone, and is used up.
    """
    name, form = _account(), request.form
    try:
        confirm_password(name, form.get("password", "")[:256])
    except SignInRequired:
        return {"password": msg("This is not your password. Please try again.")}, 422
    except TooManyAttempts as error:
        return {"password": error.message}, error.status
    try:
        if g.identity.second_factor:
            confirm_own_code(name, g.actor.user_id, form.get("code", ""))
    except SignInRequired as error:
        return {"code": error.message}, 422
    except TooManyAttempts as error:
        return {"code": error.message}, error.status
    return {}, 200


def code_field(error: Message | str = "", *, recovery: bool = False) -> FormField:
    """The question for a code of the app; a recovery code does as well where ``recovery`` says so."""
    either = msg("The 6 digits that your authenticator app shows now, or a recovery code.")
    told = either if recovery else msg("The 6 digits that the app shows now.")
    return FormField(
        "code", msg("Verification code"), required=True, help=told, error=error, max_length=LONGEST, autocomplete="one-time-code"
    )


def drawn(address: str) -> Markup:
    """``address`` as a QR code: an SVG inside the page, drawn here, so that no other host learns the secret."""
    code = segno.make(address, error="m", micro=False)
    return Markup(code.svg_inline(scale=5, border=4, dark="#000", light="#fff", svgclass="kg-qr", omitsize=True))  # noqa: S704 - ours


def _account() -> str:
    return str(database_of().identity().get_one(User, g.actor.user_id).username)


def _needed() -> int | None:
    """Days of grace where a company of the person asks for a second factor; None where none does."""
    with acting_as(System("two-step verification")):
        return days_of_grace(database_of().session(), g.actor.user_id)


def _why(needed: int | None, *, on: bool) -> Message | str:
    if needed is None:
        return ""
    if on:
        return _must_keep()
    if g.identity.factor_due or g.identity.factor_asked_on is None:
        return msg("Your rights ask for two-step verification. Please set it up now; then everything else opens again.")
    day = g.identity.factor_asked_on + timedelta(days=needed)
    return msg("Your rights ask for two-step verification. Please set it up by %(day)s.", day=formats.day(day, today()))


def _must_keep() -> Message:
    return msg("Your rights ask for two-step verification, so it stays on. With a new phone, set it up anew.")
