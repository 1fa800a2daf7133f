"""Requests that a curious person could send, made at random from the routes and declarations, with ids of any world thrown in."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import urlencode

import prison

from core.web.nouns import Noun
from tests.isolation.building import House
from tests.isolation.declared import Person
from tests.isolation.routes import NOWHERE, Route, acts_of
from tests.isolation.sending import asked, change, draft, references_of

DECLARED = frozenset({"CustomersView.hint", "DirectoryView.directory"})
"""Endpoints that are a declared channel (C-01): each has a test of its exact width instead."""
AWAY = frozenset({"SignInView.sign_out", "SignInView.password", "SignInView.sign_in", "SecurityApi.login", "SecurityApi.refresh"})
"""Endpoints that end or begin a sign-in: they tell of the asker alone."""


@dataclass(frozen=True)
class Request:
    """One request, replayed letter by letter in both worlds."""

    route: Route
    path: str
    form: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        """For the evidence."""
        return f"{self.route.method} {self.path}" + (f" {sorted(self.form.items())}" if self.form else "")


class Curious:
    """Makes requests for one person."""

    def __init__(self, house: House, who: Person, routes: list[Route], random: Random) -> None:
        self.house, self.who, self.random = house, who, random
        self.routes = [route for route in routes if route.endpoint not in DECLARED | AWAY and route.need.level not in ("closed", "public")]

    def requests(self, number: int) -> list[Request]:
        """``number`` requests, lists and records most often."""
        weights = [self._weight(route) for route in self.routes]
        return [self._request(route) for route in self.random.choices(self.routes, weights, k=number)]

    def _weight(self, route: Route) -> int:
        barred = route.need.level == "right" and not self.house.reference.may(self.who, route.need.resource, route.need.verb)
        if barred:
            return 1
        return 40 if route.function in ("list", "get_list", "choices", "chart") else 12 if route.noun else 6

    def _request(self, route: Route) -> Request:
        record = self._record(route) if "pk" in route.parameters else None
        key, record_id = record or ("", NOWHERE)
        verb = self._verb(route)
        file_id = self.house.ids.get(f"core_attachment:{key}", NOWHERE)
        named = (route.noun.written if route.function == "field" else route.noun.filters) if route.noun else ("contracts",)
        name = self.random.choice(named or ("none",))
        path = route.path(pk=record_id, verb=verb, file_id=file_id, name=name)
        if route.function == "bulk" and route.noun:
            path += f"?field={self.random.choice(route.noun.written or ('none',))}"
        if route.method == "GET":
            return Request(route, f"{path}?{urlencode(self._query(route), doseq=True)}".rstrip("?"))
        return Request(route, path, None if route.method == "DELETE" else self._form(route, key, verb))

    def _verb(self, route: Route) -> str:
        verbs = [act.verb for act in acts_of(route)]
        if route.function == "bulk" and route.noun:
            verbs = ["change", "change", "delete", *(act.verb for act in route.noun.acts)]
        return self.random.choice(verbs or ["frobnicate"])

    def _record(self, route: Route) -> tuple[str, int]:
        things = self.house.of(route.table)
        if not things or self.random.random() < 0.1:
            return "", NOWHERE
        seen = [thing for thing in things if thing.key in self.house.seen(self.who, route.table)]
        thing = self.random.choice(seen if seen and self.random.random() < 0.6 else things)
        return thing.key, self.house.ids[thing.key]

    def _any_id(self, table: str) -> str:
        things = self.house.of(table)
        return str(self.house.ids[self.random.choice(things).key]) if things and self.random.random() < 0.9 else str(NOWHERE)

    # --- reading ----------------------------------------------------------------------------------------------------

    def _query(self, route: Route) -> dict[str, Any]:
        if route.endpoint == "SearchView.search":
            return {"find": self._text()}
        if route.noun is None:
            return {}
        if route.function == "show":
            return {"tab": self.random.choice(["timeline", "history", "files", "lines", "contracts", *route.noun.children])}
        if route.function == "get_list":
            return {"q": prison.dumps(self._rison(route.noun))}
        if route.function == "beside" and route.noun.beside is not None:
            by = route.noun.beside.by
            return {by: self._any_id(route.noun.fields[by].target), "of": self._any_id(route.table)}
        if route.function == "alike" and route.noun.alike:
            return {self.random.choice(route.noun.alike): self._text()}
        if route.function == "chart":
            return self._parameters(route.noun) | self._drawn(route.noun)
        return self._parameters(route.noun) if route.function in ("list", "choices", "values") else {}

    def _drawn(self, noun: Noun) -> dict[str, Any]:
        """What is drawn of the list: by any field, with any sum, also one that there is not."""
        numbers = [name for name, field in noun.fields.items() if field.kind in ("money", "quantity", "integer")]
        by = self.random.choice(noun.filters or ("id",))
        return {"by": by, "measure": self.random.choice(["count", *numbers]), "each": self.random.choice(["month", "year"])}

    def _parameters(self, noun: Noun) -> dict[str, Any]:
        asked_for: dict[str, Any] = {}
        if noun.filters and self.random.random() < 0.6:
            name = self.random.choice(noun.filters)
            asked_for |= self._filter(noun, name)
        if self.random.random() < 0.4:
            asked_for["q"] = self._text()
        if self.random.random() < 0.6:
            asked_for["order"] = self._order(noun)
        if noun.views and self.random.random() < 0.3:
            asked_for["view"] = self.random.choice(noun.views).key
        return asked_for | {"page": self.random.choice(["1", "1", "2", "3"]), "size": self.random.choice(["20", "2", "3", "50"])}

    def _filter(self, noun: Noun, name: str) -> dict[str, Any]:
        declared = noun.fields[name]
        if declared.kind in ("date", "moment"):
            return {f"{name}_from": "2020-01-01", f"{name}_to": self.random.choice(["2099-01-01", "2021-01-01"])}
        return {name: self._filter_value(noun, name)}

    def _filter_value(self, noun: Noun, name: str) -> str:
        declared = noun.fields[name]
        if declared.kind == "reference":
            return self._any_id(declared.target)
        if declared.choices is not None:
            return str(self.random.choice(list(declared.choices)).value)
        return self.random.choice(["3", "1"]) if declared.kind == "integer" else self._text()

    def _order(self, noun: Noun) -> str:
        names = ["id", *(name for name, field in noun.fields.items() if field.sortable)]
        return self.random.choice(["", "-"]) + self.random.choice(names)

    def _text(self) -> str:
        """A piece of a text of any record, seen or not."""
        key = self.random.choice(list(self.house.texts))
        text = self.random.choice(list(self.house.texts[key].values()))
        return self.random.choice([text, text[:5], text[2:6], "Zq", "客"])

    def _rison(self, noun: Noun) -> dict[str, Any]:
        found: dict[str, Any] = {"page": self.random.choice([0, 0, 1]), "page_size": self.random.choice([2, 5, 20])}
        if noun.filters and self.random.random() < 0.6:
            name = self.random.choice(noun.filters)
            if noun.fields[name].kind not in ("date", "moment"):
                found["filters"] = [{"col": name, "opr": "eq", "value": self._filter_value(noun, name)}]
        if self.random.random() < 0.5:
            order = self._order(noun)
            found |= {"order_column": order.lstrip("-"), "order_direction": "desc" if order.startswith("-") else "asc"}
        return found

    # --- writing ----------------------------------------------------------------------------------------------------

    def _form(self, route: Route, key: str, verb: str) -> dict[str, Any]:
        thing = self.house.things.get(key)
        noun = route.noun
        if noun is None:
            return {"version": "1", "enable": "0", "name": "A department", "code": "A-1", "parent": self._any_id("core_department")}
        if route.function == "add_comment":
            return {"text": self._text()}
        if route.function in ("act", "bulk"):
            act = noun.act(verb)
            form = asked(self.house, self.who, act, thing) if act else {}
        elif route.function in ("add", "post"):
            form = draft(self.house, self.who, noun)[0]
        else:
            form = change(noun)
        for field in references_of(noun):
            if field.name in form or (route.function in ("edit", "put", "field") and self.random.random() < 0.3):
                form[field.name] = self._any_id(field.target) if self.random.random() < 0.5 else form.get(field.name, str(NOWHERE))
        version = self.random.choice([1, 1, 1, 99])
        if route.function == "bulk":
            picked = self._picks(noun)
            return self._order_by_program(noun, form, picked, verb) if route.family == "rest" else change(noun) | form | picked
        return form | ({} if route.function in ("add", "post") else {"version": version if route.family == "rest" else str(version)})

    def _order_by_program(self, noun: Noun, form: dict[str, Any], picked: dict[str, Any], verb: str) -> dict[str, Any]:
        """The same order as a program sends it."""
        pairs = [[int(part) for part in one.split("-")] for one in picked["id"]]
        values = change(noun) if verb == "change" else form
        whole = {"whole": True, "query": picked["asked"]} if "whole" in picked else {}
        return {"records": [{"id": record_id, "version": version} for record_id, version in pairs], "values": values, **whole}

    def _picks(self, noun: Noun) -> dict[str, Any]:
        """Records of any world, or the whole of the list; asked about, or done at once."""
        picked = [f"{self._any_id(noun.model.__tablename__)}-{self.random.choice([1, 2])}" for _ in range(3)]
        whole = {"whole": "1", "asked": urlencode(self._parameters(noun))} if self.random.random() < 0.2 else {}
        return {"id": picked, "step": self.random.choice(["ask", "run"]), **whole}
