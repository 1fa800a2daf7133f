"""One's own keys for programs: made, shown once, revoked."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.access.api_keys import LIVES, LONGEST_NAME, KeyState, add_key, keys_of, revoke_key
from core.kernel.errors import BadInput, Conflict
from core.kernel.words import Message, counted, msg
from core.web.access import member
from core.web.going import go
from core.web.pages import Ask, FieldKind, FormField, KeyShown, KeysPage, Option, Say, Tag, Tone, Verb
from core.web.shell import say
from core.web.views import PluginView

TONES = {KeyState.USABLE: Tone.GOOD, KeyState.EXPIRED: Tone.IDLE, KeyState.REVOKED: Tone.IDLE, KeyState.ENDED: Tone.IDLE}


class KeysView(PluginView):
    """Nobody sees or revokes the keys of another person here."""

    route_base = "/account/keys"

    @expose("/")
    @member
    def keys(self) -> Response:
        """My keys of this company."""
        return self._page()

    @expose("/", methods=["POST"])
    @member
    def add(self) -> Response:
        """Make a key and show it, this once."""
        name, days = request.form.get("name", "")[:200], request.form.get("days", "")
        try:
            key = self.use_case(lambda session: add_key(session, g.actor.user_id, g.actor.company_id, name, _number(days)))
        except (BadInput, Conflict) as error:
            fields = error.fields if isinstance(error, BadInput) else {}
            return self._page(error.status, typed={"name": name, "days": days}, errors=fields, said=() if fields else (Say(error.message),))
        return self._page(fresh=key)

    @expose("/<id:pk>/revoke", methods=["POST"])
    @member
    def revoke(self, pk: int) -> Response:
        """End one of my keys at once."""
        key = self.use_case(lambda session: revoke_key(session, pk, user_id=g.actor.user_id, company_id=g.actor.company_id))
        say(msg("The key “%(name)s” is revoked.", name=key.name))
        return go(url_for("KeysView.keys"))

    def _page(self, status: int = 200, *, typed: Any = None, errors: Any = None, said: tuple[Say, ...] = (), fresh: str = "") -> Response:
        keys = keys_of(self.session, g.actor.user_id, g.actor.company_id)
        page = KeysPage(
            title=msg("API keys"),
            keys=tuple(_shown(*one) for one in keys),
            action=url_for("KeysView.add"),
            fields=_fields(typed or {"days": "90"}, errors or {}),
            says=said,
            fresh=fresh,
            example=f'curl -H "Authorization: Bearer {fresh}" {request.host_url.rstrip("/")}/api/v1/customers/' if fresh else "",
        )
        return self.page(page, status)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _fields(typed: dict[str, str], errors: dict[str, Message]) -> tuple[FormField, ...]:
    lives = tuple(Option(str(days), counted("%(count)s day", "%(count)s days", days)) for days in LIVES)
    return (
        FormField(
            name="name",
            label=msg("Used by"),
            kind=FieldKind.TEXT,
            value=typed.get("name", ""),
            required=True,
            help=msg("For example: nightly export to the warehouse"),
            error=errors.get("name", ""),
            max_length=LONGEST_NAME,
        ),
        FormField(
            name="days",
            label=msg("Expires after"),
            kind=FieldKind.CHOICE,
            value=typed.get("days", ""),
            required=True,
            options=lives,
            error=errors.get("days", ""),
        ),
    )


def _shown(key: Any, state: KeyState) -> KeyShown:
    ask = Ask(
        msg("Revoke “%(name)s”?", name=key.name), msg("Programs using it will be refused from now on."), msg("Revoke"), msg("Keep it")
    )
    revoke = Verb(msg("Revoke"), url_for("KeysView.revoke", pk=key.id), ask=ask, tone=Tone.BAD)
    return KeyShown(
        key.name,
        Tag(state.value, TONES[state]),
        key.created_at,
        key.expires_at,
        key.last_used_at,
        revoke if state is KeyState.USABLE else None,
    )
