"""Backups that leave the folder of the deployment: asked for here, decided in the inbox, made at the terminal (R-343, R-454)."""

from __future__ import annotations

from flask import g, request, url_for
from flask_appbuilder import expose
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from core.database.fields import Field
from core.exports.backups import ASK, RESOURCE, BackupWish, WishState, ask_for_backup
from core.kernel.clock import now
from core.kernel.errors import BadInput, Conflict, KeguanError
from core.kernel.words import msg
from core.web import formats
from core.web.access import needs
from core.web.administration.settings import one_sentence, typed
from core.web.going import go
from core.web.pages import Say, SettingGroup, SettingRow, SettingsPage, Tag, Tone, Verb
from core.web.shell import say
from core.web.showing import form_field
from core.web.values import load
from core.web.views import PluginView

FOLDER = Field("text", msg("Folder of the server"), "folder", required=True, max_length=500)
KEYS = Field("flag", msg("With the secret keys"), "keys")
WHY = Field("text", msg("Reason"), "reason", required=True, max_length=500)
ASKED = (FOLDER, KEYS, WHY)
SHOWN = 100


class BackupsView(PluginView):
    """What was asked for, what became of it, and the digest of what has left."""

    route_base = "/backups"
    resource = RESOURCE

    @expose("/")
    @needs("read")
    def backups(self, error: KeguanError | None = None) -> Response:
        """All wishes of the company, newest first."""
        asked = select(BackupWish).options(selectinload(BackupWish.asked_by)).order_by(BackupWish.id.desc()).limit(SHOWN)
        rows = tuple(_row(one) for one in self.session.scalars(asked))
        page = SettingsPage(
            title=msg("Backups"),
            lead=msg(
                "Regular backups go into the folder of the deployment. One that leaves it, or holds the keys, is approved by another "
                "person in every company, and made at the terminal within the hours of an export."
            ),
            groups=(SettingGroup(msg("Backups that leave"), rows, msg("Nobody has requested an external backup.")),),
            verbs=(self._ask(),) if g.actor.may(RESOURCE, ASK) else (),
            says=(Say(one_sentence(error, {field.name: field.label for field in ASKED})),) if error else (),
        )
        return self.page(page, error.status if error else 200)

    def _ask(self) -> Verb:
        fields = tuple(form_field(self.nouns, field, typed(field.name)) for field in ASKED)
        return Verb(msg("Ask for a backup"), url_for("BackupsView.ask"), "plus", fields=fields, primary=True)

    @expose("/", methods=["POST"])
    @needs(ASK)
    def ask(self) -> Response:
        """Ask for one; it goes into approval at once."""
        try:
            values = load(ASKED, {field.name: request.form.get(field.name, "") for field in ASKED})
            self.use_case(lambda session: ask_for_backup(session, **values))
        except (BadInput, Conflict) as error:
            return self.backups(error)  # type: ignore[no-any-return]  # FAB's decorator is untyped
        say(msg("The backup is in approval."))
        return go(url_for("BackupsView.backups"))


def _row(one: BackupWish) -> SettingRow:
    note = msg("%(who)s, %(when)s: %(reason)s", who=one.asked_by.name, when=formats.exact_time(one.created_at), reason=one.reason)
    if one.state is WishState.REFUSED and one.opinion:
        note = msg("%(said)s (refused: %(reason)s)", said=note, reason=one.opinion)
    elif one.sha256:
        note = msg("%(said)s (%(reason)s)", said=note, reason=f"{one.name}, SHA-256 {one.sha256}")
    tags = [Tag(one.state.label, Tone(one.state.tone))]
    if one.keys:
        tags.insert(0, Tag(msg("With the secret keys"), Tone.WAIT))
    value = ""
    if one.state is WishState.APPROVED and one.expires_at is not None:
        expired = one.expires_at < now()
        tags = [*tags[:-1], Tag(msg("Expired"))] if expired else tags
        value = "" if expired else str(msg("until %(when)s", when=formats.exact_time(one.expires_at)))
    return SettingRow(one.folder, note, value, tags=tuple(tags), off=one.state not in (WishState.WAITING, WishState.APPROVED))
