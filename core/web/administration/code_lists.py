"""Base data: the code lists of the company and their entries (R-060)."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import g, request, url_for
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.access.administration import add_entry, change_entry, remove_entry
from core.database.fields import Field
from core.extension.calling import registry
from core.extension.chinese import chinese
from core.extension.exchange import CodeListSpec
from core.kernel.errors import BadInput, Conflict, KeguanError, NotFound
from core.kernel.words import counted, msg
from core.organisation.code_lists import Entry, entries
from core.organisation.models import CodeEntry
from core.web.access import needs
from core.web.administration.settings import one_sentence, typed
from core.web.going import go
from core.web.pages import Ask, Link, Say, SettingGroup, SettingRow, SettingsPage, Tag, Tone, Verb
from core.web.shell import say
from core.web.showing import form_field
from core.web.values import load
from core.web.views import PluginView

WORDS = ("chinese", "english", "position", "aliases")


class CodeListsView(PluginView):
    """The words that people choose from."""

    route_base = "/code-lists"
    resource = "core.code_list"

    @expose("/")
    @needs("read")
    def lists(self) -> Response:
        """Every list of the modules that are on."""
        titles = {"core": msg("Administration")} | {name: manifest.title for name, manifest in registry().manifests.items()}
        order = list(titles)
        specs = sorted(_specs().values(), key=lambda spec: order.index(spec.plugin))
        groups = tuple(
            SettingGroup(titles[plugin], tuple(self._list_row(spec) for spec in members))
            for plugin, members in groupby(specs, key=lambda spec: spec.plugin)
        )
        lead = msg(
            "What people choose from when they enter records. A change applies to this company at once; existing records keep their values."
        )
        return self.page(SettingsPage(title=msg("Code lists"), groups=groups, lead=lead))

    def _list_row(self, spec: CodeListSpec) -> SettingRow:
        found = entries(self.session, spec.name)
        words = str(msg(", ")).join(str(entry.label) for entry in found[:5] if entry.active)
        return SettingRow(
            spec.label,
            words,
            counted("%(count)s entry", "%(count)s entries", sum(entry.active for entry in found)),
            url_for("CodeListsView.entries", name=spec.name),
            tags=(Tag(msg("Other words allowed"), Tone.IDLE),) if spec.open else (),
        )

    @expose("/<string:name>")
    @needs("read")
    def entries(self, name: str, error: KeguanError | None = None) -> Response:
        """The entries of one list, with what may be done with each."""
        spec = _spec(name)
        rows = tuple(self._row(spec, entry) for entry in entries(self.session, name))
        lead = spec.help or msg("Other words for an entry are understood by imports.")
        page = SettingsPage(
            title=spec.label,
            crumbs=(Link(msg("Code lists"), url_for("CodeListsView.lists")),),
            back=Link(msg("Code lists"), url_for("CodeListsView.lists")),
            lead=lead,
            groups=(SettingGroup(msg("Entries"), rows),),
            verbs=self._adding(spec),
            says=(Say(one_sentence(error, {key: field.label for key, field in CodeEntry.fields().items()})),) if error else (),
            note=msg("An open list also accepts values that are not in it.") if spec.open else "",
        )
        return self.page(page, error.status if error else 200)

    def _row(self, spec: CodeListSpec, entry: Entry) -> SettingRow:
        other = entry.label.text if str(entry.label) != entry.label.text else chinese(entry.label)
        shown = [other, *(alias for alias in entry.aliases if alias not in (other, str(entry.label)))]
        tags: tuple[Tag, ...] = () if entry.active else (Tag(msg("switched off"), Tone.IDLE),)
        if not entry.declared:
            tags += (Tag(msg("own entry"), Tone.RUN),)
        return SettingRow(
            entry.label,
            str(msg(", ")).join(dict.fromkeys(shown)),
            code=entry.code,
            both=True,
            tags=tags,
            verbs=self._verbs(spec, entry) if g.actor.may(self.resource, "update") else (),
            off=not entry.active,
        )

    def _adding(self, spec: CodeListSpec) -> tuple[Verb, ...]:
        if not g.actor.may(self.resource, "update"):
            return ()
        here = request.endpoint == "CodeListsView.add"
        asked = tuple(
            form_field(self.nouns, _asked(name), typed(name) if here else "") for name in ("code", "chinese", "english", "aliases")
        )
        return (Verb(msg("Add an entry"), url_for("CodeListsView.add", name=spec.name), "plus", fields=asked, primary=True),)

    def _verbs(self, spec: CodeListSpec, entry: Entry) -> tuple[Verb, ...]:
        seen = str(entry.version)
        hidden = (("code", entry.code), ("version", seen))
        change = url_for("CodeListsView.change", name=spec.name)
        here = request.endpoint == "CodeListsView.change" and typed("code") == entry.code and "chinese" in request.form
        asked = tuple(form_field(self.nouns, _asked(name), typed(name) if here else _present(entry, name)) for name in WORDS)
        switch = msg("Switch off") if entry.active else msg("Switch on")
        verbs = [
            Verb(msg("Change"), change, "edit", hidden, fields=asked),
            Verb(switch, change, "", (*hidden, ("active", "0" if entry.active else "1"))),
        ]
        if not entry.declared:
            ask = Ask(msg("Delete “%(name)s”?", name=entry.label), msg("Only an entry that no record uses can be deleted."), msg("Delete"))
            verbs.append(Verb(msg("Delete"), url_for("CodeListsView.remove", name=spec.name), "x", hidden, ask=ask, tone=Tone.BAD))
        return tuple(verbs)

    @expose("/<string:name>/add", methods=["POST"])
    @needs("update")
    def add(self, name: str) -> Response:
        """Add an entry of the company's own."""
        return self._do(name, lambda session: add_entry(session, _spec(name).name, _sent(("code", "chinese", "english", "aliases"))))

    @expose("/<string:name>/change", methods=["POST"])
    @needs("update")
    def change(self, name: str) -> Response:
        """Change the words, the order or the state of an entry."""
        return self._do(name, lambda session: change_entry(session, _spec(name).name, typed("code"), _version(), _sent((*WORDS, "active"))))

    @expose("/<string:name>/remove", methods=["POST"])
    @needs("update")
    def remove(self, name: str) -> Response:
        """Delete an own entry that nothing uses."""
        return self._do(name, lambda session: remove_entry(session, _spec(name).name, typed("code"), _version()))

    def _do(self, name: str, work: Any) -> Response:
        try:
            self.use_case(work)
        except (BadInput, Conflict) as error:
            return self.entries(name, error)  # type: ignore[no-any-return]  # FAB's decorator is untyped
        say(msg("The list is saved."))
        return go(url_for("CodeListsView.entries", name=name))


def _specs() -> dict[str, CodeListSpec]:
    return {name: spec for name, spec in registry().code_lists.items() if spec.plugin in g.actor.modules | {"core"}}


def _spec(name: str) -> CodeListSpec:
    spec = _specs().get(name)
    if spec is None:
        raise NotFound
    return spec


def _asked(name: str) -> Field:
    return CodeEntry.fields()[name]


def _present(entry: Entry, name: str) -> str:
    """The present word of an entry for its form."""
    if name == "position":
        return str(entry.position)
    if name == "aliases":
        return entry.own_aliases
    if name == "chinese":
        return chinese(entry.label)
    return entry.label.text


def _sent(names: tuple[str, ...]) -> dict[str, Any]:
    """What the small form sent, typed."""
    asked = [_asked(name) for name in names if name in request.form]
    return load(asked, {field.name: request.form[field.name] for field in asked}, partial=True)


def _version() -> int:
    """The version of the entry's row that was seen; 0 while it has none."""
    sent = typed("version")
    if not (sent.isascii() and sent.isdigit() and len(sent) < 10):
        raise BadInput(fields={"version": msg("Please open the page again and repeat what you did.")})
    return int(sent)
