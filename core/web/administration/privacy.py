"""The privacy desk: find a person, read the dossier, erase, hold, and see who is due (PIPL 45 to 47, security.md E)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from flask import g, request, url_for
from flask_appbuilder import expose
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.access.guard import as_system
from core.database.fields import Field, fields_of
from core.kernel.clock import now, today
from core.kernel.errors import BadInput, Conflict, KeguanError
from core.kernel.words import Message, counted, in_sentences, labelled, listed, msg, on_day
from core.privacy.dossier import ERASED, Dossier, Part, dossier, find_people, found_person, person_model
from core.privacy.erasing import erase_person, erased
from core.privacy.holding import holds_on, place_hold, release_hold
from core.privacy.keeping import KeptGroup, groups_of, read
from core.privacy.models import Erasure, LegalHold
from core.privacy.retention import due_people
from core.web import formats
from core.web.access import needs
from core.web.administration.settings import one_sentence, typed
from core.web.called import Key, kind_and_number, names_of_records
from core.web.going import go
from core.web.history import in_words
from core.web.input import read_version
from core.web.pages import Ask, Link, Say, SettingGroup, SettingRow, SettingsPage, Tag, Tone, Verb
from core.web.shell import say
from core.web.showing import form_field
from core.web.values import load
from core.web.views import PluginView

SOUGHT = (Field("text", msg("Name, telephone or e-mail"), "text", required=True, max_length=100),)
REASONED = (Field("text", msg("Reason"), "reason", required=True, max_length=300),)
SHOWN = 50  # certificates and people due on the desk
LABELS = {field.name: field.label for field in (*SOUGHT, *REASONED)}


class PrivacyView(PluginView):
    """What the company knows of a person, and what becomes of it."""

    route_base = "/privacy"
    resource = "core.privacy"

    @expose("/")
    @needs("read")
    def desk(self, found: Any = None, error: KeguanError | None = None) -> Response:
        """Holds that stand, people who are due, certificates; and what was found."""
        page = SettingsPage(
            title=msg("Personal information"),
            lead=msg("Serve people who ask what the company knows about them, or who want to be erased. Each step is recorded."),
            verbs=(self._asking(msg("Find a person"), url_for("PrivacyView.find"), "search", SOUGHT, primary=True),),
            groups=(
                *(
                    (SettingGroup(msg("Found"), tuple(_found_row(one) for one in found), msg("Nobody was found.")),)
                    if found is not None
                    else ()
                ),
                SettingGroup(msg("Legal hold"), self._holds(), msg("Nobody is under legal hold.")),
                SettingGroup(msg("Erased when the job runs next"), self._due(), msg("Nobody is due for erasure.")),
                SettingGroup(msg("Certificates of erasure"), self._certificates(), msg("Nobody has been erased.")),
            ),
            says=(Say(one_sentence(error, LABELS)),) if error else (),
        )
        return self.page(page, error.status if error else 200)

    def _asking(self, label: Message, action: str, icon: str, fields: tuple[Field, ...], **more: Any) -> Verb:
        asked = tuple(form_field(self.nouns, field, typed(field.name)) for field in fields)
        return Verb(label, action, icon, fields=asked, **more)

    def _holds(self) -> tuple[SettingRow, ...]:
        with as_system(self.session, "personal information"):
            found = self.session.scalars(select(LegalHold).where(LegalHold.released_at.is_(None)).order_by(LegalHold.id)).all()
            holds = [(hold, hold.placed_by) for hold in found]
        names = self._names((hold.table_name, hold.record_id) for hold in found)
        return tuple(self._hold(hold, who, names) for hold, who in holds)

    def _names(self, people: Iterable[Key]) -> dict[Key, Message | str]:
        """What people are called: by name for whoever sees them at work too, else by kind and number."""
        keys = list(people)
        names = names_of_records(self.session, self.nouns, keys)
        return {key: names.get(key) or _called(*key) for key in keys}

    def _hold(self, hold: LegalHold, who: Any, names: Mapping[Key, Message | str]) -> SettingRow:
        release = Verb(msg("Release"), url_for("PrivacyView.release", pk=hold.id), "x")
        return SettingRow(
            names[hold.table_name, hold.record_id],
            msg("%(reason)s · %(who)s, %(day)s", reason=hold.reason, who=who or msg("System"), day=_at(hold.created_at)),
            href=_address(hold.table_name, hold.record_id),
            tags=(Tag(msg("Legal hold"), Tone.WAIT),),
            verbs=(release,) if g.actor.may(self.resource, "hold") else (),
        )

    def _due(self) -> tuple[SettingRow, ...]:
        due = due_people(self.session, SHOWN)
        names = self._names((one.table, one.record_id) for one in due)
        return tuple(
            SettingRow(
                names[one.table, one.record_id],
                msg("last dealing %(when)s", when=formats.relative(one.last, now())),
                href=_address(one.table, one.record_id),
                tags=(Tag(msg("Legal hold"), Tone.WAIT),) if one.held else (),
            )
            for one in due
        )

    def _certificates(self) -> tuple[SettingRow, ...]:
        with as_system(self.session, "personal information"):
            rows = self.session.scalars(select(Erasure).order_by(Erasure.id.desc()).limit(SHOWN)).all()
            return tuple(_certificate(row, row.done_by) for row in rows)

    @expose("/", methods=["POST"])
    @needs("read")
    def find(self) -> Response:
        """People by name, telephone or e-mail; the words do not stand in the address."""
        try:
            values = load(SOUGHT, {"text": request.form.get("text", "")})
            found = self.use_case(lambda session: find_people(session, values["text"]))
        except BadInput as error:
            return self.desk(None, error)  # type: ignore[no-any-return]  # FAB's decorator is untyped
        return self.desk(found)  # type: ignore[no-any-return]  # FAB's decorator is untyped

    @expose("/<string:name>/<id:pk>")
    @needs("read")
    def person(self, name: str, pk: int, error: KeguanError | None = None) -> Response:
        """The dossier of one person."""
        found = dossier(self.session, name, pk)
        with as_system(self.session, "personal information"):
            holds = holds_on(self.session, [(name, pk)])
            gone = erased(self.session, name, pk)
        page = SettingsPage(
            title=msg("Dossier of %(name)s", name=_title(found.parts[0])),
            place=_called(name, pk),
            crumbs=(Link(msg("Personal information"), url_for("PrivacyView.desk")),),
            back=Link(msg("Personal information"), url_for("PrivacyView.desk")),
            lead=msg("Every record that belongs to the person or refers to him or her, shown unmasked. Viewing is recorded."),
            groups=_groups(found),
            verbs=() if gone else self._verbs(found, name, pk, held=bool(holds)),
            says=self._says(error, holds, gone),
        )
        return self.page(page, error.status if error else 200)

    def _says(self, error: KeguanError | None, holds: Any, gone: bool) -> tuple[Say, ...]:
        found = [Say(one_sentence(error, LABELS))] if error else []
        found += [Say(msg("Under legal hold: %(reason)s", reason=hold.reason), Tone.WAIT) for hold in holds]
        return (*found, *((Say(msg("This person has been erased already."), Tone.NOTE),) if gone else ()))

    def _verbs(self, found: Dossier, name: str, pk: int, *, held: bool) -> tuple[Verb, ...]:
        verbs = []
        if g.actor.may(self.resource, "hold") and not held:
            verbs.append(self._asking(msg("Place under legal hold"), url_for("PrivacyView.hold", name=name, pk=pk), "lock", REASONED))
        if g.actor.may(self.resource, "erase"):
            ask = Ask(
                msg("Erase this person?"),
                _consequence(found),
                msg("Erase"),
                msg("Keep it"),
                typed=_name(found.person),
            )
            version = (("version", str(found.person.version)),)
            erase = self._asking(msg("Erase"), url_for("PrivacyView.erase", name=name, pk=pk), "x", REASONED, ask=ask, tone=Tone.BAD)
            verbs.append(Verb(**{**_as_dict(erase), "hidden": version}))
        return tuple(verbs)

    @expose("/<string:name>/<id:pk>/hold", methods=["POST"])
    @needs("hold")
    def hold(self, name: str, pk: int) -> Response:
        """Keep the person from being erased."""
        return self._do(name, pk, lambda session, reason: place_hold(session, name, pk, reason), msg("The person is under legal hold."))

    @expose("/<string:name>/<id:pk>/erase", methods=["POST"])
    @needs("erase")
    def erase(self, name: str, pk: int) -> Response:
        """Erase the person for good, once his or her name has been typed."""
        version = read_version(request.form.get("version", ""))

        def work(session: Any, reason: str) -> None:
            with as_system(session, "personal information"):
                _demand_name(_name(found_person(session, name, pk)))
            erase_person(session, name, pk, version, reason)

        return self._do(name, pk, work, msg("The person has been erased; the certificate is on this page."), "PrivacyView.desk")

    def _do(self, name: str, pk: int, work: Any, said: Message, then: str = "") -> Response:
        person_model(name)
        try:
            reason = load(REASONED, {"reason": request.form.get("reason", "")})["reason"]
            self.use_case(lambda session: work(session, reason))
        except (BadInput, Conflict) as error:
            return self.person(name, pk, error)  # type: ignore[no-any-return]  # FAB's decorator is untyped
        say(said)
        return go(url_for(then) if then else _address(name, pk))

    @expose("/holds/<id:pk>/release", methods=["POST"])
    @needs("hold")
    def release(self, pk: int) -> Response:
        """Let the person be erased again."""
        self.use_case(lambda session: release_hold(session, pk))
        say(msg("The legal hold is released."))
        return go(url_for("PrivacyView.desk"))


def _as_dict(verb: Verb) -> dict[str, Any]:
    return {name: getattr(verb, name) for name in verb.__dataclass_fields__}


def _address(table: str, record_id: int) -> str:
    return url_for("PrivacyView.person", name=table, pk=record_id)


def _called(table: str, record_id: int) -> Message:
    """A person without the name: kind and number."""
    return kind_and_number(person_model(table).__label__, record_id)


def _at(moment: datetime) -> str:
    return formats.day_and_time(moment, today())


def _found_row(person: Any) -> SettingRow:
    """The name, and where the person belongs."""
    table = person.__tablename__
    return SettingRow(str(person), _called(table, person.id), href=_address(table, person.id))


def _name(person: Any) -> str:
    """What is typed before this person is erased: the name, or kind and number of somebody without one."""
    called = str(person)
    return called if called != f"#{person.id}" else str(_called(person.__tablename__, person.id))


def _demand_name(name: str) -> None:
    """The page asks for it, and without scripts as well; what was sent past the page is checked here."""
    if " ".join(typed("typed").split()) != " ".join(name.split()):
        raise BadInput(msg("The name you typed differs from “%(name)s”, so nothing was erased. Please type it again.", name=name))


def _consequence(found: Dossier) -> Message:
    """What becomes of each class of what the page shows: erased, left without the name, or kept, and why."""
    told: list[Message | str] = [
        counted(
            "Personal values of %(count)s record are overwritten for good, in the history too.",
            "Personal values of %(count)s records are overwritten for good, in the history too.",
            sum(1 for part in found.own if part.filled or not part.about),
        )
    ]
    told += [_kept(group) for group in groups_of(found.parts)]
    if others := sum(1 for part in found.parts if not part.filled):
        told.append(
            counted(
                "%(count)s record that refers to the person is kept as proof of business; instead of the name it says “%(erased)s”.",
                "%(count)s records that refer to the person are kept as proof of business; instead of the name they say “%(erased)s”.",
                others,
                erased=ERASED,
            )
        )
    if found.files:
        told.append(counted("%(count)s file is deleted.", "%(count)s files are deleted.", len(found.files)))
    told.append(msg("What somebody wrote in free text, such as a follow-up, is not searched: please read it before."))
    return in_sentences(told)


def _kept(group: KeptGroup) -> Message:
    """What a law keeps, why, and until when."""
    return counted(
        "%(label)s: %(count)s record keeps %(fields)s until %(day)s. %(why)s",
        "%(label)s: %(count)s records keep %(fields)s until %(day)s. %(why)s",
        group.records,
        label=group.model.__label__,
        fields=listed(fields_of(group.model)[name].label for name in group.fields),
        day=on_day(group.until),
        why=group.why,
    )


def _title(part: Part) -> Message | str:
    return part.title or kind_and_number(part.model.__label__, part.record.id)


def _groups(found: Dossier) -> tuple[SettingGroup, ...]:
    mine = [part for part in found.own if not part.about]
    own = tuple(row for part in mine for row in _value_rows(part, several=len(mine) > 1))
    others = tuple(_part_row(part) for part in found.parts if part not in mine)
    files = tuple(SettingRow(one.name, formats.size(one.size)) for one in found.files)
    return (
        SettingGroup(msg("Values of the person"), own),
        SettingGroup(msg("Records that refer to the person"), others, msg("No record refers to the person.")),
        SettingGroup(msg("Files"), files, msg("No files.")),
    )


def _value_rows(part: Part, *, several: bool) -> Iterator[SettingRow]:
    """A row for each value; where the person has several records of his or her own, with the kind of the record."""
    declared = fields_of(part.model)
    for name, value in part.values.items():
        yield SettingRow(declared[name].label, in_words(declared[name], value), tags=(Tag(part.model.__label__),) if several else ())


def _part_row(part: Part) -> SettingRow:
    """The record with its values; what it is called by is not said once more."""
    declared = fields_of(part.model)
    told = {name: in_words(declared[name], value) for name, value in part.values.items()}
    said = tuple(labelled(declared[name].label, value) for name, value in told.items() if str(value) != part.title)
    law = (Tag(msg("Kept by law"), Tone.WAIT),) if part.kept is not None and part.filled else ()
    return SettingRow(_title(part), lines=said, tags=(*((Tag(part.model.__label__),) if part.title else ()), *law))


def _certificate(row: Erasure, who: Any) -> SettingRow:
    told: Mapping[str, Any] = json.loads(row.told)
    return SettingRow(
        _called(row.table_name, row.record_id),
        msg(
            "%(reason)s · %(who)s, %(day)s · %(values)s, %(records)s, %(trail)s in the trail, %(files)s · %(code)s",
            reason=row.reason,
            who=who or msg("System"),
            day=_at(row.done_at),
            values=counted("%(count)s value", "%(count)s values", row.values),
            records=counted("%(count)s record", "%(count)s records", row.records),
            trail=row.trail_values,
            files=counted("%(count)s file", "%(count)s files", row.files),
            code=row.fingerprint[:16],
        ),
        value=str(len(told)) if len(told) > 1 else "",
        lines=tuple(_kept(group) for group in read(row.kept)),
        tags=(Tag(msg("Erased"), Tone.IDLE),),
    )
