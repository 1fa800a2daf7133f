"""What the state of a record does not allow is refused with its reason: every verb of every life cycle, in every state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select

from core.audit.models import AuditRow
from core.kernel.errors import BadInput, Conflict, KeguanError
from core.operations.language import catalogues_of, speaking
from core.web.nouns import Act, Noun, Nouns
from core.web.values import load
from tests.badinput.clear import unclear
from tests.badinput.test_bad_input import sentences, speak
from tests.conformance.enumerated import looked_at
from tests.conformance.examples import Examples
from tests.evidence import Evidence
from tests.sizes import sized
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
LANGUAGES = ("zh_CN", "en")
REFUSED = (403, 409, 422)
STEP = sized(5, 1)
"""In CI each fifth refusal is asked for by REST too, which takes the same verb; never the same ones of each noun."""


class Walk:
    """Who may run a verb tries it in each state that does not allow it; who may only read tries it as well, once."""

    def __init__(self, examples: Examples, program: ClientFor, evidence: Evidence) -> None:
        self.examples, self.program, self.evidence = examples, program, evidence
        self.refused: list[tuple[str, str, KeguanError, list[str]]] = []
        self._programs: dict[str, Browser] = {}

    def over(self, noun: Noun) -> None:
        """One record of the noun, put into one state after the other past every verb."""
        assert noun.cycle is not None
        record_id = self.examples.fresh(noun)
        charged = {act.verb: self.examples.in_charge(noun, act, record_id) for act in noun.acts}
        for state in type(noun.cycle.initial):
            self._put(noun, record_id, state)
            for act in noun.acts:
                refusing = self._refusing(noun, act, record_id, charged[act.verb])
                if refusing is not None:
                    self._tried(noun, act, record_id, charged[act.verb], (state, refusing))
        for act in noun.acts[:: sized(3, 1)]:  # the probes ask the same of every route, in CI of a share of them
            self._only_reading(noun, act, record_id)

    def _put(self, noun: Noun, record_id: int, state: Any) -> None:
        table = inspect(noun.model).local_table
        with self.examples.world.use_case(self.examples.account(noun)) as session:
            session.connection().execute(table.update().where(table.c.id == record_id).values(state=state))

    def _refusing(self, noun: Noun, act: Act, record_id: int, account: str) -> type[KeguanError] | None:
        """With what the verb must refuse; None where it is possible: the life cycle and the page say the same."""
        assert noun.cycle is not None
        with self.examples.world.reading(account) as session:
            record = session.get(noun.model, record_id)
            told, allowed = act.why_not and act.why_not(record), {step.verb for step in noun.cycle.allowed(record.state)}
        if act.verb in {step.verb for step in noun.cycle.transitions} - allowed:
            if not told:
                self.evidence.failed(f"{noun.path} {act.verb}", "is offered where its life cycle does not allow it", noun.plugin)
            return Conflict  # about the state, never about what was typed: other words would be refused as well
        return KeguanError if told else None

    def _tried(self, noun: Noun, act: Act, record_id: int, account: str, why: tuple[Any, type[KeguanError]]) -> None:
        state, refusing = why
        item, before = f"{noun.path} {act.verb} while {state.value}", self._stored(noun, record_id)
        asked = {one.name: self.examples.value(noun, one) for one in act.asks}
        error = self._by_verb(noun, act, record_id, account, asked)
        wrong = "" if isinstance(error, refusing) else f"is not refused for the state, but by {error!r}"
        if not wrong and len(self.refused) % STEP == 0:
            sent = {**asked, "version": before[0].version}
            answer = self._of(account).post(f"/api/v1/{noun.path}/{record_id}/{act.verb}", json=sent)
            wrong = "" if answer.status_code in REFUSED else f"REST answers {answer.status_code}: {answer.text[:200]}"
            heard = sentences(answer)
        else:
            heard = []
        wrong = wrong or ("" if self._stored(noun, record_id) == before else "something was changed")
        if wrong or error is None:
            self.evidence.failed(item, wrong, noun.plugin)
        else:
            self.refused.append((item, noun.plugin, error, heard))

    def listen(self, language: str) -> None:
        """Each refusal is one clear sentence in the language, and a program of somebody who reads Chinese hears the very same."""
        with speaking(language, catalogues_of(self.examples.world.keguan.registry)):
            for item, plugin, error, heard in self.refused:
                said = str(next(iter(error.fields.values()), error.message) if isinstance(error, BadInput) else error.message)
                wrong = unclear(said, language)
                if heard and language == "zh_CN":
                    wrong = wrong or ("" if heard == [said] else f"REST says {heard}, the verb {said}")
                told = f"{item} in {language}"
                self.evidence.failed(told, wrong, plugin) if wrong else self.evidence.refused(told, plugin)

    def _by_verb(self, noun: Noun, act: Act, record_id: int, account: str, asked: Mapping[str, Any]) -> KeguanError | None:
        try:
            with self.examples.world.use_case(account) as session:
                act.run(session, record_id, session.get(noun.model, record_id).version, **load(act.asks, asked))
        except KeguanError as error:
            return error
        return None

    def _only_reading(self, noun: Noun, act: Act, record_id: int) -> None:
        """Who sees the record and has not the right is refused for that, whatever the state."""
        able = self.examples.able(noun, act.right)
        for account in self.examples.able(noun, "read"):
            with self.examples.world.reading(account) as session:
                seen = account not in able and session.get(noun.model, record_id) is not None
            if seen:
                before = self._stored(noun, record_id)
                sent = {**{one.name: self.examples.value(noun, one) for one in act.asks}, "version": before[0].version}
                answer = self._of(account).post(f"/api/v1/{noun.path}/{record_id}/{act.verb}", json=sent)
                item = f"{noun.path} {act.verb} by {account}, who only reads"
                well = answer.status_code == 403 and self._stored(noun, record_id) == before
                self.evidence.refused(item, noun.plugin) if well else self.evidence.failed(item, answer.text[:200], noun.plugin)
                return

    def _of(self, account: str) -> Browser:
        if account not in self._programs:
            self._programs[account] = self.program(account)
        return self._programs[account]

    def _stored(self, noun: Noun, record_id: int) -> tuple[Any, int | None]:
        """The row as the database has it, and how many rows the trail has about it."""
        table = inspect(noun.model).local_table
        about = (AuditRow.table_name == table.name, AuditRow.record_id == record_id)
        with self.examples.world.keguan.database.engine.connect() as connection:
            row = connection.execute(select(table).where(table.c.id == record_id)).one()
            return row, connection.scalar(select(func.count(AuditRow.id)).where(*about))


def _with_a_life(nouns: Nouns) -> list[Noun]:
    return [noun for noun in looked_at(nouns.by_path.values()) if noun.cycle is not None and noun.create is not None]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.evidence("too-early-{database_kind}")
def test_what_the_state_does_not_allow_is_refused_with_its_reason(
    application: Flask, world: World, token_client_for: ClientFor, database_kind: str
) -> None:
    speak(world, "zh_CN")
    nouns = _with_a_life(application.extensions["keguan"].nouns)
    evidence = Evidence(f"too-early-{database_kind}", {noun.plugin for noun in nouns}, shares=False)
    walk = Walk(Examples(world, application.extensions["keguan"].nouns), token_client_for, evidence)
    for noun in nouns:
        walk.over(noun)
    for language in LANGUAGES:  # at once: a catalogue takes as long to be read as a verb to be refused
        walk.listen(language)
    evidence.close()
