"""System parameters: what holds today, what was and will be, and who set it (R-061)."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from flask import g, request, url_for
from flask_appbuilder import expose
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from core.access.administration import set_parameter, withdraw_parameter
from core.database.fields import Field
from core.extension.calling import registry
from core.extension.exchange import ParameterSpec
from core.kernel.clock import today
from core.kernel.errors import BadInput, Conflict, KeguanError, NotFound
from core.kernel.words import Message, msg, on_day
from core.organisation.models import Parameter
from core.organisation.parameters import from_text, parameter
from core.web import formats
from core.web.access import needs
from core.web.administration.settings import one_sentence, typed
from core.web.going import go
from core.web.input import read_version
from core.web.pages import Link, Say, SettingGroup, SettingRow, SettingsPage, Tag, Tone, Verb
from core.web.shell import say
from core.web.showing import YES_NO, form_field, typed_value
from core.web.values import load
from core.web.views import PluginView

ONE: dict[str, Message] = {"days": msg("day"), "hours": msg("hour"), "working days": msg("working day")}
"""What the unit of 1 is called, by the unit of many."""
IN_FORCE = Tag(msg("in force"), Tone.GOOD)
STARTS_ON = Field("date", msg("In force from"), "starts_on", required=True)


class ParametersView(PluginView):
    """Every threshold of the rules, as the company has set it."""

    route_base = "/parameters"
    resource = "core.parameter"

    @expose("/")
    @needs("read")
    def parameters(self) -> Response:
        """The values of today, by module."""
        titles = {"core": msg("Administration")} | {name: manifest.title for name, manifest in registry().manifests.items()}
        order = list(titles)
        specs = sorted(_specs().values(), key=lambda spec: order.index(spec.plugin))
        groups = tuple(
            SettingGroup(titles[plugin], tuple(self._row(spec) for spec in members))
            for plugin, members in groupby(specs, key=lambda spec: spec.plugin)
        )
        return self.page(
            SettingsPage(
                title=msg("Parameters"),
                groups=groups,
                lead=msg("Rules take their thresholds from here. A value applies from its date on; the past is never changed."),
            )
        )

    def _row(self, spec: ParameterSpec) -> SettingRow:
        coming = [row for row in self._stored(spec.name) if row.starts_on > today()]
        tags = (Tag(msg("changes on %(day)s", day=on_day(coming[-1].starts_on)), Tone.WAIT),) if coming else ()
        href = url_for("ParametersView.history", name=spec.name)
        return SettingRow(
            spec.label, _meaning(spec), value_told(spec, parameter(self.session, spec.name)), href, tags=tags, verbs=self._verbs(spec)
        )

    def _stored(self, name: str) -> list[Parameter]:
        """Values of one parameter, the latest day first; all parameters are read by one statement."""
        if "parameters" not in g:
            rows = self.session.scalars(
                select(Parameter).options(selectinload(Parameter.set_by)).order_by(Parameter.name, Parameter.starts_on.desc())
            )
            g.parameters = {key: list(found) for key, found in groupby(rows, key=lambda row: row.name)}
        found: list[Parameter] = g.parameters.get(name, [])
        return found

    def _verbs(self, spec: ParameterSpec) -> tuple[Verb, ...]:
        if not g.actor.may(self.resource, "update"):
            return ()
        here = request.method == "POST" and (request.view_args or {}).get("name") == spec.name
        value = typed("value") if here else typed_value(asked(spec), parameter(self.session, spec.name))
        questions = (
            form_field(self.nouns, asked(spec), value),
            form_field(self.nouns, STARTS_ON, (typed("starts_on") if here else "") or str(today())),
        )
        return (Verb(msg("Change"), url_for("ParametersView.set", name=spec.name), "edit", fields=questions),)

    @expose("/<string:name>")
    @needs("read")
    def history(self, name: str, error: KeguanError | None = None) -> Response:
        """Every value that a parameter had, has and will have."""
        spec = _spec(name)
        stored = self._stored(name)
        present = parameter_row(stored, today())
        rows = [self._past(spec, row) for row in stored]
        tags = () if present is not None else (IN_FORCE,)
        rows.append(SettingRow(msg("Default"), msg("applies where nothing has been set"), value_told(spec, spec.default), tags=tags))
        page = SettingsPage(
            title=spec.label,
            crumbs=(Link(msg("Parameters"), url_for("ParametersView.parameters")),),
            back=Link(msg("Parameters"), url_for("ParametersView.parameters")),
            lead=_meaning(spec),
            groups=(SettingGroup(msg("Present value"), (self._present(spec, present),)), SettingGroup(msg("History"), tuple(rows))),
            verbs=self._verbs(spec),
            says=(Say(one_sentence(error, {"value": spec.label, "starts_on": STARTS_ON.label})),) if error else (),
        )
        return self.page(page, error.status if error else 200)

    def _present(self, spec: ParameterSpec, row: Parameter | None) -> SettingRow:
        """What holds today, and since when."""
        since = msg("the default, because nothing has been set") if row is None else msg("from %(day)s", day=on_day(row.starts_on))
        return SettingRow(msg("Today"), since, value_told(spec, parameter(self.session, spec.name)))

    def _past(self, spec: ParameterSpec, row: Parameter) -> SettingRow:
        present = parameter_row(self._stored(spec.name), today())
        state = IN_FORCE if row is present else Tag(msg("upcoming"), Tone.WAIT) if row.starts_on > today() else None
        who = row.set_by.name if row.set_by is not None else msg("System")
        take_back = Verb(
            msg("Take back"),
            url_for("ParametersView.withdraw", name=spec.name, pk=row.id),
            "x",
            (("version", str(row.version)),),
        )
        may = row.starts_on > today() and g.actor.may(self.resource, "update")
        return SettingRow(
            msg("from %(day)s", day=on_day(row.starts_on)),
            msg("set by %(who)s on %(day)s", who=who, day=formats.exact_time(row.updated_at)),
            value_told(spec, from_text(spec.field, row.value or "")),
            tags=(state,) if state else (),
            verbs=(take_back,) if may else (),
            off=row.starts_on <= today() and row is not present,
        )

    @expose("/<string:name>", methods=["POST"])
    @needs("update")
    def set(self, name: str) -> Response:
        """Let a value be in force from a day on."""
        spec = _spec(name)
        questions = (asked(spec), STARTS_ON)
        try:
            sent = {one.name: request.form.get(one.name, "") for one in questions}
            if spec.field.kind == "flag":
                sent["value"] = "1" if sent["value"] else "0"
            values = load(questions, sent)
            self.use_case(lambda session: set_parameter(session, name, values["value"], values["starts_on"]))
        except (BadInput, Conflict) as error:
            return self.history(name, error)  # type: ignore[no-any-return]  # FAB's decorator is untyped
        say(msg("“%(label)s” is set.", label=spec.label))
        return go(url_for("ParametersView.history", name=name))

    @expose("/<string:name>/<id:pk>/withdraw", methods=["POST"])
    @needs("update")
    def withdraw(self, name: str, pk: int) -> Response:
        """Take back a value that is not in force yet."""
        version = read_version(request.form.get("version", ""))
        self.use_case(lambda session: withdraw_parameter(session, pk, version))
        say(msg("The value has been taken back."))
        return go(url_for("ParametersView.history", name=name))


def parameter_row(rows: list[Parameter], day: date) -> Parameter | None:
    """The row in force on ``day``, of rows that begin with the latest."""
    return next((row for row in rows if row.starts_on <= day), None)


def value_told(spec: ParameterSpec, value: Any) -> Message | str:
    """A value as a person reads it, with its unit."""
    if isinstance(value, bool):
        return YES_NO[value]
    if hasattr(value, "label"):
        return value.label  # type: ignore[no-any-return]
    text = formats.number(value) if isinstance(value, int) or hasattr(value, "normalize") else str(value)
    shown = f"¥{text}" if spec.field.kind == "money" else text
    if spec.unit is None:
        return shown
    if spec.unit.text == "%":
        return f"{shown}%"
    return msg("%(value)s %(unit)s", value=shown, unit=ONE.get(spec.unit.text, spec.unit) if value == 1 else spec.unit)


def _specs() -> dict[str, ParameterSpec]:
    """Parameters of the house and of the modules that are on."""
    return {name: spec for name, spec in registry().parameters.items() if spec.plugin in g.actor.modules | {"core"}}


def _spec(name: str) -> ParameterSpec:
    spec = _specs().get(name)
    if spec is None:
        raise NotFound
    return spec


def asked(spec: ParameterSpec) -> Field:
    """The field under which the value is asked for."""
    kept = {**spec.field.__dict__, "name": "value", "required": True, "default": None, "unit": spec.unit, "label": spec.label, "help": None}
    return Field(**kept)


def _meaning(spec: ParameterSpec) -> Message | str:
    """What the parameter does; the requirement that asks for it stands in the documentation, not on the screen."""
    return spec.help or ""
