"""What is offered for a change in place is not refused for a reason known before: for every noun, in every state that it reaches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import DataError, IntegrityError

from core.kernel.errors import BadInput, KeguanError
from core.web.changing import changeable, fields_in_place
from core.web.input import read_json
from core.web.nouns import Act, Noun
from core.web.values import load
from tests.conformance.enumerated import looked_at
from tests.conformance.examples import Examples
from tests.world import World


class Undo(Exception):
    """Ends a try whose change shall not stay."""


def states_of(examples: Examples, noun: Noun) -> Iterator[tuple[str, int]]:
    """A fresh record, and one for each act that can be run on it, as what has become of it."""
    yield "new", examples.fresh(noun)
    for act in noun.acts:
        record_id = examples.fresh(noun)
        if ran(examples, noun, act, record_id):
            yield act.verb, record_id
            for after in noun.acts:
                if ran(examples, noun, after, record_id):
                    yield f"{act.verb}, {after.verb}", record_id
                    break


def ran(examples: Examples, noun: Noun, act: Act, record_id: int) -> bool:
    """Whether the act could be run by somebody who has the right."""
    asked = {one.name: examples.value(noun, one) for one in act.asks}
    for account in examples.able(noun, act.right)[:3]:
        try:
            with examples.world.use_case(account) as session:
                version = session.get(noun.model, record_id).version
                act.run(session, record_id, version, **load(act.asks, asked))
        except (KeguanError, AttributeError):
            continue
        return True
    return False


def people_of(examples: Examples, noun: Noun) -> list[str]:
    """Some who may change such records."""
    able, first = examples.able(noun, "update"), examples.account(noun, "update")
    return [first, *(name for name in able if name != first)][:3]


def offered(examples: Examples, noun: Noun, record_id: int, account: str) -> tuple[dict[str, Any], dict[str, Any], int]:
    """Fields open in place with the present value, the fixed ones with the reason, and the version."""
    with examples.world.use_case(account) as session:
        record = session.get(noun.model, record_id)
        fixed = changeable(session, noun, [record]).get(record_id) if record is not None else None
        if fixed is None:
            return {}, {}, 0
        names = fields_in_place(noun)
        present = {name: getattr(record, f"{name}_id" if noun.fields[name].kind == "reference" else name) for name in names}
        return (
            {name: present[name] for name in names if name not in fixed},
            {name: fixed[name] for name in names if name in fixed},
            record.version,
        )


def refusal(examples: Examples, noun: Noun, record_id: int, version: int, account: str, name: str, value: Any) -> KeguanError | None:
    """What the verb of the noun says to the value; nothing is left of the try."""
    try:
        with examples.world.use_case(account) as session:
            assert noun.change is not None
            try:
                noun.change(session, record_id, version, read_json(noun, {name: value}, creating=False))
                session.flush()
            except (IntegrityError, DataError) as error:
                raise Undo from error
            raise Undo
    except Undo:
        return None
    except KeguanError as error:
        return error


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_no_field_is_offered_that_the_verb_refuses_in_this_state(application: Flask, world: World) -> None:
    examples = Examples(world, application.extensions["keguan"].nouns)
    second = Examples(world, examples.nouns, numbered_from=500)
    walked: dict[str, int] = {}
    known: dict[str, int] = {}
    wrong: list[str] = []
    changed = [one for one in examples.nouns.by_path.values() if one.create is not None and one.change is not None and one.plugin != "core"]
    for noun in looked_at(changed):
        for state, record_id in states_of(examples, noun):
            for account in people_of(examples, noun):
                here, fixed, version = offered(examples, noun, record_id, account)
                known[noun.path] = known.get(noun.path, 0) + len(fixed)
                sent = {name: others(examples, second, noun, name) for name in (*here, *fixed)}
                for name in here:
                    said = [refusal(examples, noun, record_id, version, account, name, value) for value in sent[name]]
                    walked[noun.path] = walked.get(noun.path, 0) + len(said)
                    if said and all(one is not None and not about_the_value(noun, name, one) for one in said):
                        wrong.append(f"{noun.path} ({state}) for {account}: {name}: {said[0]}")
                for name in fixed:
                    said = [refusal(examples, noun, record_id, version, account, name, value) for value in sent[name]]
                    if said and all(one is None for one in said):
                        wrong.append(f"{noun.path} ({state}) for {account}: {name} is fixed, but the verb takes it")
    assert not wrong, "\n".join(wrong)
    if looked_at(changed) != changed:
        return
    assert sum(walked.values()) > 300, walked
    assert {"invoices", "projects", "project-members", "dispatch-orders", "contracts"} <= {path for path, number in known.items() if number}


def others(examples: Examples, second: Examples, noun: Noun, name: str) -> list[Any]:
    """Values for the field as REST takes them, none of which a record holds by chance.

    A business record that has to be in a certain state for this field is one of the ``second`` set: no record holds that yet.
    """
    declared = noun.fields[name]
    if declared.choices is not None:
        return [str(one.value) for one in declared.choices]
    if declared.target == "core_employee":
        return [one.id for one in examples.world.employees.values()]
    if declared.kind == "flag":
        return [True, False]
    if declared.kind == "reference" and declared.target not in ("core_employee", "core_department"):
        target = examples.nouns.by_table[declared.target]
        own = second.own_value(noun, name)
        return [*([own] if own is not None else []), *([examples.one(target)] if target.create is not None else [])]
    examples.next_number()
    return [examples.value(noun, declared)]


def about_the_value(noun: Noun, name: str, error: KeguanError) -> bool:
    """Whether another value may be taken: of what is typed, or of a business record; a choice or a colleague was tried in each way."""
    declared = noun.fields[name]
    tried = declared.kind in ("choice", "flag") or declared.target in ("core_employee", "core_department")
    return isinstance(error, BadInput) and not tried
