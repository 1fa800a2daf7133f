"""What only one record may have, such as a name or a code, is refused to a second one in a clear sentence, by form and by REST."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask
from sqlalchemy import UniqueConstraint, inspect
from werkzeug.test import TestResponse

from core.kernel.acting import acting_as
from core.web.input import declared_for
from core.web.nouns import Noun
from tests.badinput.clear import unclear
from tests.badinput.test_bad_input import business, sentences
from tests.conformance.doors import typed
from tests.conformance.enumerated import LOOKED_AT, NAMES, in_sight
from tests.conformance.examples import Examples
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
REFUSED = (403, 409, 422)
FEWEST = 20


def singular_fields(noun: Noun, *, creating: bool) -> list[tuple[str, ...]]:
    """Fields of the noun that together may be had by one record alone, as far as people write all of them."""
    written, found = declared_for(noun, creating=creating), []
    for constraint in inspect(noun.model).local_table.constraints:
        if isinstance(constraint, UniqueConstraint):
            names = tuple(column.name.removesuffix("_id") for column in constraint.columns if column.name != "company_id")
            if all(name in written for name in names):
                found.append(names)
    return found


class Walk:
    """Gives the second of two records of a noun what the first one has."""

    def __init__(self, examples: Examples, noun: Noun, clients: tuple[ClientFor, ClientFor]) -> None:
        self.examples, self.noun, self.account = examples, noun, examples.account(noun)
        self.browser, self.program = (client(self.account) for client in clients)
        self.rest = f"/api/v1/{noun.path}/"

    def answers(self) -> Iterator[tuple[str, TestResponse]]:
        """Each way to ask for what is taken, with its answer."""
        with acting_as(self.examples.world.actor(self.account)):
            at_first, later = (singular_fields(self.noun, creating=creating) for creating in (True, False))
        for names in at_first:
            sent = {**self.examples.raw(self.noun), **self._had(names)}
            yield f"POST {names}", self.program.post(self.rest, json=sent)
            yield f"add {names}", self.browser.post(f"/{self.noun.path}/add", data=typed(self.noun, sent))
        for names in later if self.noun.change is not None else ():
            had, second = self._had(names), self.examples.fresh(self.noun)
            sent = {**had, "version": self.examples.version(self.noun, second)}
            self.before = business(self.examples.world)
            yield f"PUT {names}", self.program.put(f"{self.rest}{second}", json=sent)
            yield f"edit {names}", self.browser.post(f"/{self.noun.path}/{second}/edit", data=sent)

    def _had(self, names: tuple[str, ...]) -> dict[str, Any]:
        stored = self.examples.stored(self.noun, self.examples.one(self.noun))
        self.before = business(self.examples.world)
        return {name: stored[f"{name}_id" if self.noun.fields[name].kind == "reference" else name] for name in names}


def test_what_another_record_has_is_refused_in_one_sentence_and_changes_nothing(
    application: Flask, world: World, client_for: ClientFor, token_client_for: ClientFor
) -> None:
    nouns = application.extensions["keguan"].nouns
    examples, wrong, tried = Examples(world, nouns), list[str](), set[str]()
    for noun in nouns.by_path.values():
        if noun.create is None or noun.plugin == "core" or not in_sight(noun.plugin):
            continue
        walk = Walk(examples, noun, (client_for, token_client_for))
        for asked, answer in walk.answers():
            said = sentences(answer)
            why = "" if answer.status_code in REFUSED and said else f"answered {answer.status_code} {said}"
            why = why or next((why for sentence in said if (why := unclear(sentence, "zh_CN"))), "")
            why = why or ("" if business(world) == walk.before else "something was changed")
            wrong += [f"{noun.path}: {asked}: {why}"] if why else []
            tried.add(f"{noun.path} {asked}")
    assert wrong == []
    assert len(tried) >= FEWEST or LOOKED_AT != NAMES, sorted(tried)
