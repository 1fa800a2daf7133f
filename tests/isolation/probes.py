"""The probes: every route × everybody × records near and far, each with the answer that the reference model expects.

A refused probe answers 404, or 403 where the record may be seen but the verb not, or sends nobody to the sign-in; and whatever is
answered holds no canary of a record that the asker may not see. What is refused changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from random import Random
from typing import Any

from sqlalchemy import func, literal, select, union_all

from core.web.access import Need
from tests.evidence import Evidence
from tests.isolation.building import unwritten
from tests.isolation.callers import Answer, Caller, Callers
from tests.isolation.declared import PEOPLE, Person
from tests.isolation.reference import Thing
from tests.isolation.routes import ACTING, COMPANY_WIDE, DOCUMENT_RIGHTS, NEEDED_TOO, NOWHERE, REACHING, Route, acts_of
from tests.isolation.sending import asked, change, draft

DONE = frozenset({200, 201, 204, 302, 303})
NOBODY_THERE = 0.3
"""Share of routes that are also pointed at a record that does not exist."""
SAID_NO = frozenset({403, 404, 409, 422})
"""What business itself may answer to somebody who has the right."""
COUNTING_APART = frozenset({"TwoStepView"})
"""Pages that count tries of a password or a code in transactions of their own, which end that of the whole walk: their POST is not probed
here. They are about the account of whoever asks and take no record; tests of their own walk over them (tests/web/test_two_step.py)."""


@dataclass(frozen=True)
class Probe:
    """One request with the statuses that are right. ``open`` says whether the asker reaches it by right."""

    route: Route
    caller: Caller
    path: str
    right: frozenset[int]
    open: bool
    thing: Thing | None = None
    form: dict[str, str] | None = None
    note: str = ""

    @property
    def name(self) -> str:
        """For the evidence: who does what to what."""
        target = self.thing.key if self.thing else "-"
        return f"{self.caller.name} {self.route.method} {self.route.endpoint} {self.note} {target}".replace("  ", " ")


class Prober:
    """Makes the probes of one caller and judges the answers."""

    def __init__(self, callers: Callers, evidence: Evidence, *, near: int, far: int, barred: float, seed: int = 20_261_122) -> None:
        self.callers, self.house, self.evidence = callers, callers.house, evidence
        self.near, self.far, self.barred, self.random = near, far, barred, Random(seed)
        self.reached: set[tuple[str, str]] = set()
        """Rules and methods that somebody has asked who reaches them by right."""

    def run(self, caller: Caller, routes: list[Route], keep: float = 1.0, *, each: bool = False) -> None:
        """Probe every route as ``caller``, or a share ``keep`` of the probes, always the same one.

        With ``each`` the first probe of a route that is open to its asker is kept whatever the share says.
        """
        for route in routes:
            for probe in self.of_route(caller, route):
                first = each and probe.open and (route.rule, route.method) not in self.reached
                if keep == 1.0 or self.random.random() < keep or first:
                    self._judge(probe)

    def run_rest(self, callers: list[Caller], routes: list[Route]) -> list[Route]:
        """Probe once each route that was open to none of ``callers`` so far, and return those that nobody can be asked about."""
        self.barred = 1.0
        left = [route for route in routes if (route.rule, route.method) not in self.reached and route.need.level != "public"]
        never = []
        for route in left:
            probes = (probe for caller in callers for probe in self.of_route(caller, route))
            probe = next(probes, None)
            if probe is None:
                never.append(route)
            else:
                self._judge(probe)
        return never

    def of_route(self, caller: Caller, route: Route) -> Iterator[Probe]:
        """The probes of one route."""
        if route.need.level == "public" or (route.view in COUNTING_APART and route.method == "POST"):
            return
        barred = route.need.level == "closed" or self._door(caller, route) is not None
        if barred and self.random.random() > self.barred:
            return  # the gate refuses whatever the record is: some of these are enough
        if route.need.level == "closed":
            yield Probe(route, caller, route.path(), frozenset({404}), open=False)
        elif "pk" not in route.parameters:
            yield self._without_record(caller, route)
        elif self._door(caller, route) is not None or not self._ever(route):
            yield from islice(self._with_record(caller, route, self._any(route)), 1)
        else:
            for thing in self._things(caller, route):
                yield from self._with_record(caller, route, thing)

    def _things(self, caller: Caller, route: Route) -> list[Thing | None]:
        """A few records that the caller sees, a few others of each kind of distance, and one that does not exist."""
        seen = self._seen(caller.person, route)
        things = self.house.of(route.table)
        near = [thing for thing in things if thing.key in seen]
        far = [thing for thing in things if thing.key not in seen]
        return [*self._some(near, self.near), *self._some(far, self.far), *([None] if self.random.random() < NOBODY_THERE else [])]

    def _seen(self, who: Person | None, route: Route, verb: str = "read") -> frozenset[str]:
        """Keys of the records that the route reaches for ``who``."""
        if route.view not in COMPANY_WIDE or who is None:
            return self.house.seen(who, route.table, verb)
        return frozenset(thing.key for thing in self.house.of(route.table) if thing.slug == who.slug)

    def _any(self, route: Route) -> Thing | None:
        things = self.house.of(route.table)
        return self.random.choice(things) if things else None

    def _ever(self, route: Route) -> bool:
        """Whether the route answers for any record at all."""
        return route.function in ACTING or self._offered(route, "")

    def _some(self, things: list[Thing], number: int) -> list[Thing]:
        return things if len(things) <= number else self.random.sample(things, number)

    # --- what is expected -------------------------------------------------------------------------------------------

    def _door(self, caller: Caller, route: Route) -> frozenset[int] | None:
        """The statuses with which the gate itself refuses, or None when it lets the caller in."""
        who = caller.person
        if who is None or who.closed:
            return frozenset({302}) if route.family == "page" and route.method == "GET" else frozenset({401})
        if who.gone or caller.slug != who.slug:
            return frozenset({404})
        needs = (route.need, NEEDED_TOO.get(route.endpoint, route.need))
        if any(need.level == "right" and not self._may(who, need) for need in needs):
            return frozenset({403})
        return None

    def _may(self, who: Person, need: Need) -> bool:
        return self.house.reference.may(who, need.resource, need.verb)

    def _without_record(self, caller: Caller, route: Route) -> Probe:
        names = {"name": self._a_name(route)}
        path, refused = route.path(**names, verb="delete"), self._door(caller, route)
        form, sound = self._form(caller, route, None), True
        if route.noun is not None and route.function in ("add", "post") and route.method == "POST":
            form, sound = draft(self.house, caller.person, route.noun)
        if refused is None and route.noun is not None and route.function in ("add", "post") and route.noun.create is None:
            refused = frozenset({404})
        if refused is None and route.function == "bulk":  # records come in the form: replay sends some of other people
            refused = self._for_many(caller, route.noun)
        if refused is None and route.function == "values" and names["name"] == "none":
            refused = frozenset({404})
        if refused is not None:
            return Probe(route, caller, path, refused, open=False, form=form)
        if not sound:
            return Probe(route, caller, path, SAID_NO, open=False, form=form, note="(nothing to add it to)")
        return Probe(route, caller, path, DONE | self._business(route), open=True, form=form)

    def _for_many(self, caller: Caller, noun: Any) -> frozenset[int] | None:
        """With what the deletion of many records is refused, or None."""
        if noun.plugin == "core" or noun.delete is None:
            return frozenset({404})
        allowed = caller.person is not None and self.house.reference.may(caller.person, noun.resource, "delete")
        return None if allowed else frozenset({403})

    def _business(self, route: Route) -> frozenset[int]:
        """How the business may say no: a page to a missing word; to a new record with 403 too, where it refers to others."""
        if route.method == "GET":
            return frozenset() if route.noun else frozenset({422})
        if route.noun is None and "name" in route.parameters:
            return frozenset({400, 404, 409, 422})  # what it names is there, what the form names inside of it is not
        declared = route.noun.fields.values() if route.noun else ()
        refers = any(one.kind == "reference" and one.required and not one.target.startswith("core_") for one in declared)
        return frozenset({400, 409, 422, 403} if refers else {400, 409, 422})

    def _a_name(self, route: Route) -> str:
        if route.noun is None:
            registry = self.callers.keguan.registry
            named = {"CodeListsView": registry.code_lists, "ParametersView": registry.parameters}.get(route.view, registry.names)
            return next(iter(named), "none")
        kinds = ("text", "integer")
        return next((name for name in route.noun.filters if route.noun.fields[name].kind in kinds), "none")

    def _a_field(self, route: Route) -> str:
        """A field whose value the route changes or shows: a masked one where it is to be shown and there is one."""
        masked = [one.name for one in route.noun.fields.values() if one.masked] if route.function == "uncover" and route.noun else []
        return next(iter((*masked, *change(route.noun))), "none")

    def _with_record(self, caller: Caller, route: Route, thing: Thing | None) -> Iterator[Probe]:
        if route.function in ACTING and route.noun is not None:
            for act in acts_of(route):
                barred = caller.person is None or not self.house.reference.may(caller.person, route.noun.resource, act.right)
                if barred and self.random.random() > self.barred / 3:
                    continue
                form = self._version(thing) | asked(self.house, caller.person, act, thing)
                yield self._expect(caller, route, thing, act.right, form, verb=act.verb)
            if thing is None:
                yield self._expect(caller, route, thing, "", self._version(thing), verb="frobnicate")
        else:
            yield self._expect(caller, route, thing, route.need.verb or "read", self._form(caller, route, thing), verb="")

    def _expect(self, caller: Caller, route: Route, thing: Thing | None, right: str, form: dict[str, str] | None, *, verb: str) -> Probe:
        ids = self.house.ids
        file_id = ids.get(f"core_attachment:{thing.key}", NOWHERE) if thing else NOWHERE
        name = self._a_field(route) if route.noun and route.function in ("field", "uncover") else "1"
        path = route.path(pk=ids[thing.key] if thing else NOWHERE, verb=verb or "withdraw", file_id=file_id, name=name)
        expected, reached = self._statuses(caller, route, thing, right, verb)
        return Probe(route, caller, path, expected, reached, thing, form, verb)

    def _statuses(self, caller: Caller, route: Route, thing: Thing | None, right: str, verb: str) -> tuple[frozenset[int], bool]:
        refused = self._door(caller, route)
        if refused is not None:
            return refused, False
        assert caller.person is not None
        if not self._offered(route, verb):
            return frozenset({404}), False
        if verb and not self.house.reference.may(caller.person, route.noun.resource if route.noun else "", right):
            return frozenset({403}), False
        unread = frozenset({400}) if route.noun is None and route.method == "POST" else frozenset()  # its form is read before its record
        right = DOCUMENT_RIGHTS.get(route.endpoint, right)
        if thing is None or thing.key not in self._seen(caller.person, route):
            return frozenset({404}) | unread, False
        if "file_id" in route.parameters and f"core_attachment:{thing.key}" not in self.house.seen(caller.person):
            return frozenset({404}), False  # parts of a record stay in their company, whoever may read it from another one
        if route.method == "GET" and route.function not in ("edit", "field", "ask", "signature"):
            return DONE | (frozenset({403}) if route.endpoint in REACHING else frozenset()), True
        if verb and right == "create":
            return DONE | SAID_NO, True  # it makes another record out of this one, which need only be seen
        if thing.key not in self._seen(caller.person, route, right):
            return frozenset({403}), False
        return DONE | SAID_NO | unread, True

    def _offered(self, route: Route, verb: str) -> bool:
        noun = route.noun
        if noun is None:
            return True
        if route.function in ("file", "files", "add_file", "remove_file", "preview", "make_preview"):
            return noun.files
        if route.function in ("comment", "comments", "add_comment", "mentionable", "star", "opened", "form"):
            return noun.plugin != "core"  # records by which the house is kept are neither talked about, marked nor printed
        changing = dict.fromkeys(("edit", "put", "field", "take_back"), noun.change)
        offers = {**changing, "remove": noun.delete, "delete": noun.delete}
        if route.function in ACTING:
            return noun.act(verb) is not None
        return offers.get(route.function, True) is not None

    # --- what is sent -----------------------------------------------------------------------------------------------

    def _version(self, thing: Thing | None) -> dict[str, str]:
        return {"version": "1"} if thing is None else {"version": str(self.versions[thing.key])}

    @property
    def versions(self) -> dict[str, int]:
        """Versions of all records as they lie in the database."""
        if not hasattr(self, "_versions"):
            found: dict[str, int] = {}
            with self.callers.database.engine.begin_nested():  # type: ignore[attr-defined]
                for table in {thing.table for thing in self.house.things.values()} - {"core_company"}:
                    columns = self.house.models[table].__table__.c  # type: ignore[attr-defined]
                    stored = dict(self.callers.database.engine.execute(select(columns.id, columns.version)).all())  # type: ignore[attr-defined]
                    found |= {
                        thing.key: stored.get(self.house.ids[thing.key], 1) for thing in self.house.of(table)
                    }  # a walk may have deleted it
            self._versions = found
        return self._versions

    def _form(self, caller: Caller, route: Route, thing: Thing | None) -> dict[str, str] | None:
        if route.method in ("GET", "DELETE"):
            return None
        if route.noun is None:
            said = {"reason": "Asked for by letter", "opinion": "As agreed"}
            return {**self._version(thing), **said, "enable": "1", "name": "A department", "code": "A-1", "parent": ""}
        if route.function == "add_comment":
            return {"text": "As agreed by telephone"}
        return self._version(thing) | (change(route.noun) if route.function in ("edit", "put", "field") else {})

    # --- asking and judging -----------------------------------------------------------------------------------------

    def _judge(self, probe: Probe) -> None:
        if probe.open:
            self.reached.add((probe.route.rule, probe.route.method))
        with unwritten(self.callers.database):
            before = self._digest() if probe.route.method != "GET" and not probe.open else None
            answer = self._ask(probe)
            after = self._digest() if before is not None else None
        plugin = probe.route.plugin
        if why := self._wrong(probe, answer, changed=before != after):
            self.evidence.failed(probe.name, why, plugin)
        elif not probe.open:
            self.evidence.refused(probe.name, plugin)
        elif answer.status in DONE:
            self.evidence.positive(probe.name, plugin)
        else:
            self.evidence.neutral(f"{probe.name} {answer.status}", plugin)

    def _ask(self, probe: Probe) -> Answer:
        if probe.form is None:
            return probe.caller.ask(probe.route.method, probe.path)
        if probe.route.function == "add_file":
            return probe.caller.ask("POST", probe.path, form={"file": (BytesIO(b"A plain text"), "a file.txt")})
        if probe.route.family == "rest":
            return probe.caller.ask(probe.route.method, probe.path, sent=_as_json(probe.form))
        return probe.caller.ask(probe.route.method, probe.path, form=probe.form)

    def _wrong(self, probe: Probe, answer: Answer, *, changed: bool) -> str:
        if answer.status not in probe.right:
            return f"answered {answer.status}, expected one of {sorted(probe.right)}"
        leaked = self._leaked(probe, answer)
        if leaked:
            return f"{answer.status} tells of {sorted(leaked)[:4]}"
        if changed:
            return f"{answer.status}, yet something was changed"
        if (
            probe.open
            and probe.route.method == "GET"
            and probe.thing is not None
            and probe.route.function in ("show", "get", "file", "files")
        ):
            found = {key for key, _ in self.house.canaries.found(answer.body)}
            shown = f"core_attachment:{probe.thing.key}" if "file" in probe.route.function else probe.thing.key
            if shown in self.house.texts and shown not in found:
                return "shows nothing of the record"
        return ""

    def _leaked(self, probe: Probe, answer: Answer) -> set[tuple[str, str]]:
        """Canaries beyond the asker's sight; the trail and the privacy desk show the whole company, and nothing of another."""
        leaked = self.house.leaked(probe.caller.person, answer.text)
        if probe.route.view in COMPANY_WIDE | {"AuditRowsView"} and probe.open and probe.caller.person is not None:
            slug = probe.caller.person.slug
            leaked = {one for one in leaked if self.house.things[one[0]].slug != slug}
        return leaked

    def _digest(self) -> Any:
        """Number of rows and sum of versions of every table that a verb could touch."""
        parts = []
        for table, model in self.house.models.items():
            columns = model.__table__.c  # type: ignore[attr-defined]
            parts.append(select(literal(table), func.count(columns.id), func.coalesce(func.sum(columns.version), 0)))
        return sorted(tuple(row) for row in self.callers.database.engine.execute(union_all(*parts)))  # type: ignore[attr-defined]


def _as_json(form: dict[str, str]) -> dict[str, Any]:
    return {name: int(value) if name == "version" else value for name, value in form.items()}


def strangers() -> list[Person]:
    """People of the other company, who knock at the first one's address."""
    return [
        person
        for person in PEOPLE
        if person.slug != "first" and not any(one.account == person.account and one.slug == "first" for one in PEOPLE)
    ]
