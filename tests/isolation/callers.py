"""Whoever asks, and how: a signed-in browser, a bearer token, an API key, or nobody."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select
from werkzeug.http import parse_cookie

from core.access.api_keys import make_api_key
from core.access.identities import make_tokens
from core.access.models import WebSession
from core.database.sessions import Database
from core.web.house import Keguan
from tests.isolation.building import House
from tests.isolation.declared import PEOPLE, Person

Channel = Literal["session", "token", "key", "nobody"]


@dataclass(frozen=True)
class Answer:
    """What came back. ``text`` is body and headers together, for finding what must not be in them."""

    status: int
    body: str
    headers: tuple[tuple[str, str], ...]

    @cached_property
    def text(self) -> str:
        return self.body + "\n" + "\n".join(f"{name}: {value}" for name, value in self.headers)

    @cached_property
    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str:
        """The first header called ``name``, else nothing."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


@dataclass
class Caller:
    """One person on one channel; None is nobody. ``slug`` is the company whose address is used."""

    client: FlaskClient
    person: Person | None
    channel: Channel
    headers: Mapping[str, str] = field(default_factory=dict)
    slug: str = "first"

    @property
    def name(self) -> str:
        """For the evidence."""
        return f"{self.person.key if self.person else 'nobody'}/{self.channel}"

    def ask(
        self, method: str, path: str, *, form: Mapping[str, Any] | None = None, sent: Any = None, slug: str | None = None, **headers: str
    ) -> Answer:
        """Send one request; browsers name the company in the path, programs in the header."""
        slug = self.slug if slug is None else slug
        given = {**self.headers, **headers}
        if self.channel in ("session", "nobody"):
            path = f"/c/{slug}{path}"
        else:
            given["X-Keguan-Company"] = slug
        more: dict[str, Any] = {"data": form} if form is not None else {"json": sent} if sent is not None else {}
        response = self.client.open(path, method=method, headers=given, buffered=True, **more)
        return Answer(response.status_code, response.get_data().decode("utf-8", "replace"), tuple(response.headers.items()))


class Callers:
    """Everybody on every channel, signed in once."""

    def __init__(self, application: Flask, keguan: Keguan, house: House) -> None:
        self.application, self.keguan, self.house = application, keguan, house
        self._made: dict[tuple[str, str], Caller] = {}

    @property
    def database(self) -> Database:
        """The database that the requests go to."""
        return self.keguan.database

    def by_session(self, person: Person) -> Caller:
        """A browser in which the person has signed in."""
        return self._once(person, "session", self._session)

    def by_token(self, person: Person) -> Caller:
        """A program with a bearer token."""
        return self._once(person, "token", self._token)

    def by_key(self, person: Person) -> Caller:
        """A program with an API key of the person's company."""
        return self._once(person, "key", self._key)

    def over(self, house: House) -> Callers:
        """The same browsers and programs, with what ``house`` says of the world."""
        found = copy(self)
        found.house = house
        return found

    def everybody(self) -> list[Caller]:
        """Every declared person by session, and nobody."""
        return [*(self.by_session(person) for person in PEOPLE), self.nobody()]

    def nobody(self) -> Caller:
        """A browser that only has the token of the sign-in form."""
        if ("", "nobody") not in self._made:
            client = self.application.test_client()
            page = client.get("/account/sign-in", buffered=True).get_data(as_text=True)
            found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
            assert found, "the sign-in page carries no token"
            self._made["", "nobody"] = Caller(client, None, "nobody", {"X-CSRFToken": found[1]})
        return self._made["", "nobody"]

    def _once(self, person: Person, channel: str, make: Callable[[Person], Caller]) -> Caller:
        if (person.key, channel) not in self._made:
            self._made[person.key, channel] = make(person)
        return self._made[person.key, channel]

    def _session(self, person: Person) -> Caller:
        client, user_id = self.application.test_client(), self.house.users[person.account]
        response = self.application.response_class()
        with self.application.app_context():
            self.application.session_interface.begin(self.application, user_id, response)  # type: ignore[attr-defined]
        for name, value in parse_cookie(response.headers["Set-Cookie"].partition(";")[0]).items():
            client.set_cookie(name, value)
        work = self.database.identity()
        stored = work.scalars(select(WebSession).where(WebSession.user_id == user_id).order_by(WebSession.id.desc())).first()
        assert stored is not None
        raw = json.loads(stored.values)["csrf_token"]
        self.database.release()
        token = str(URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token").dumps(raw))  # type: ignore[arg-type]
        return Caller(client, person, "session", {"X-CSRFToken": token}, person.slug)

    def _token(self, person: Person) -> Caller:
        with self.application.app_context():
            token = make_tokens(self.database.identity(), self.house.users[person.account], refresh=False)["access_token"]
        self.database.release()
        return Caller(self.application.test_client(use_cookies=False), person, "token", {"Authorization": f"Bearer {token}"}, person.slug)

    def _key(self, person: Person) -> Caller:
        work = self.database.identity()
        company = self.house.ids[f"core_company:{person.slug}"]
        key = make_api_key(work, self.house.users[person.account], company, "probe")
        work.commit()
        self.database.release()
        return Caller(self.application.test_client(use_cookies=False), person, "key", {"Authorization": f"Bearer {key}"}, person.slug)
