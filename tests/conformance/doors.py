"""The doors by which records of a noun are made, changed and deleted over HTTP: the forms of its pages, and REST."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from werkzeug.test import TestResponse

from core.kernel.acting import acting_as
from core.web.input import declared_for
from core.web.nouns import Noun
from tests.conformance.examples import Examples
from tests.world import Browser

ClientFor = Callable[[str], Browser]
Send = Callable[[], TestResponse]
TAKEN = (200, 201, 303)


class Door(NamedTuple):
    """A way to change something: ``ready()`` makes what is needed, and what it returns goes through, always with the same values."""

    name: str
    ready: Callable[[], Send]


class Doors:
    """The doors of one noun; each record behind them is another one."""

    def __init__(self, examples: Examples, noun: Noun, clients: tuple[ClientFor, ClientFor]) -> None:
        self.examples, self.noun, self.clients = examples, noun, clients
        self.rest = f"/api/v1/{noun.path}"

    def all(self) -> Iterator[Door]:
        """Creating, changing and deleting, by form and by REST."""
        yield Door("a form that creates", self._creating_by_form)
        yield Door("POST", self._creating_by_program)
        if self.noun.change is not None:
            yield Door("a form that changes", partial(self._changing, by_form=True))
            yield Door("PUT", partial(self._changing, by_form=False))
        if self.noun.delete is not None:
            yield Door("DELETE", self._deleting)

    def _creating_by_form(self) -> Send:
        account = self.examples.account(self.noun)
        sent, browser = typed(self.noun, self.examples.raw(self.noun)), self.clients[0](account)
        return lambda: browser.post(f"/{self.noun.path}/add", data=sent)

    def _creating_by_program(self) -> Send:
        sent, program = self.examples.raw(self.noun), self.clients[1](self.examples.account(self.noun))
        return lambda: program.post(f"{self.rest}/", json=sent)

    def _changing(self, *, by_form: bool) -> Send:
        account, record_id = self.examples.account(self.noun, "update"), self.examples.fresh(self.noun)
        with acting_as(self.examples.world.actor(account)):
            texts = [name for name, field in declared_for(self.noun, creating=False).items() if field.kind in ("text", "long_text")]
        sent = {texts[0]: f"改过的文字 {self.examples.next_number()}", "version": self.examples.version(self.noun, record_id)}
        if by_form:
            browser = self.clients[0](account)
            return lambda: browser.post(f"/{self.noun.path}/{record_id}/edit", data=sent)
        program = self.clients[1](account)
        return lambda: program.put(f"{self.rest}/{record_id}", json=sent)

    def _deleting(self) -> Send:
        account, record_id = self.examples.account(self.noun, "delete"), self.examples.fresh(self.noun)
        program, version = self.clients[1](account), self.examples.version(self.noun, record_id)
        return lambda: program.delete(f"{self.rest}/{record_id}?version={version}")


def typed(noun: Noun, values: dict[str, Any]) -> dict[str, str]:
    """Values of REST as the form of the noun sends them."""
    found: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, list):
            found |= {f"{name}-{place}-{column}": str(one) for place, row in enumerate(value) for column, one in row.items()}
        elif isinstance(value, bool):
            found |= {f"{name}-shown": "1"} | ({name: "1"} if value else {})
        else:
            found[name] = "" if value is None else str(value)
    return found
