"""What a page offers to begin about its record is not refused for a reason that was known before it was opened, whatever the state."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core.extension.calling import hooks
from core.kernel.acting import System, acting_as
from core.kernel.errors import BadInput, Conflict, Forbidden, KeguanError, NotFound
from core.operations.language import catalogues_of, speaking
from core.web.input import read_json
from core.web.nouns import Noun, Nouns
from plugins.billing.errors import OtherCustomer
from tests.conformance.enumerated import LOOKED_AT, NAMES, looked_at
from tests.conformance.examples import Examples
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
EACH = 3
"""Records of each state that are looked at: what was begun from one already is not to be seen from its state."""
ABOUT_WHAT_IS_TYPED = (OtherCustomer,)
"""Conflicts with another field of the form, not with the record that it is about: the example names the contract of another customer."""
ALONE = {"HX-Request": "true", "HX-Target": "tab-body"}


class _Undone(Exception):
    """Nothing of the walk is kept."""


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_no_door_that_a_page_offers_leads_to_a_refusal_that_was_known_before(
    application: Flask, demonstration: World, client_for: ClientFor
) -> None:
    world, nouns = demonstration, application.extensions["keguan"].nouns
    walk, seen = _Walk(world, nouns, client_for), dict.fromkeys(("offered", "waiting"), 0)
    wrong: list[Any] = []
    with speaking("zh_CN", catalogues_of(world.keguan.registry)):  # labels as the pages say them
        for noun in looked_at(nouns.by_path.values()):
            for account, record_id in records_of(world, noun):
                for door, error, offered in walk.doors(noun, account, record_id):
                    seen["offered" if offered else "waiting"] += 1
                    if (error is None) is not offered:
                        wrong.append((account, noun.path, record_id, door, error))
    assert not wrong, "\n".join(map(str, wrong))
    assert seen["offered"] > 50 or LOOKED_AT != NAMES, seen
    assert seen["waiting"] > 10 or LOOKED_AT != NAMES, seen


class _Walk:
    """Opens pages and tries what they offer to begin."""

    def __init__(self, world: World, nouns: Nouns, client_for: ClientFor) -> None:
        self.world, self.nouns, self.client_for = world, nouns, client_for
        self.examples = Examples(world, nouns)

    def doors(self, noun: Noun, account: str, record_id: int) -> Iterator[tuple[str, KeguanError | None, bool]]:
        """Each door on the page and its tabs: where it leads, what is said to who goes through it, and whether it is offered."""
        page = self._page(account, f"/{noun.path}/{record_id}")
        for act in noun.acts:
            if act.begins is not None and html.escape(str(act.label)) in page:
                error = self._tried(account, lambda session, act=act: act.run(session, record_id, None))
                yield act.verb, error, f"/{noun.path}/{record_id}/{act.verb}" in page
        for other, by in self._begun(noun):
            label = html.escape(str(other.create_label or other.title))
            offered = _door(other, by, record_id) in page
            if offered or (by in other.why_not_from and label in page):
                yield f"{other.path}/add?{by}", self._created(other, by, record_id, account), offered
        for other, by in self._tabs(noun):
            tab = self._page(account, f"/{noun.path}/{record_id}?tab={other.path}", ALONE)
            if _door(other, by, record_id) in tab:
                yield f"tab {other.path}/add?{by}", self._created(other, by, record_id, account), True

    def _page(self, account: str, address: str, headers: Mapping[str, str] | None = None) -> str:
        answer = self.client_for(account).get(address, headers=headers)
        assert answer.status_code == 200, (account, address)
        return html.unescape(answer.text) if headers else answer.text

    def _begun(self, noun: Noun) -> Iterator[tuple[Noun, str]]:
        table = noun.model.__tablename__
        for other in self.nouns.by_path.values():
            for by in other.begun_from:
                if other.fields[by].target == table:
                    yield other, by

    def _tabs(self, noun: Noun) -> Iterator[tuple[Noun, str]]:
        """Parts, and other nouns that stand on the page as a tab, which are begun from there."""
        for child in self.nouns.children_of(noun):
            yield child, child.model.__parent__
        for offer in hooks().crm_related_tables(resource=noun.resource):
            if offer.key == offer.noun:
                yield self.nouns.by_path[offer.noun], offer.by

    def _created(self, other: Noun, by: str, record_id: int, account: str) -> KeguanError | None:
        values = read_json(other, self.examples.raw(other, whole=False) | {by: record_id}, creating=True)
        assert other.create is not None
        create = other.create
        error = self._tried(account, lambda session: create(session, values))
        if isinstance(error, ABOUT_WHAT_IS_TYPED) or (isinstance(error, BadInput) and by not in error.fields):
            return None
        return error

    def _tried(self, account: str, run: Callable[[Any], Any]) -> KeguanError | None:
        try:
            with self.world.use_case(account) as session:
                run(session)
                raise _Undone
        except _Undone:
            return None
        except (BadInput, Conflict, Forbidden, NotFound) as error:
            return error


def _door(other: Noun, by: str, record_id: int) -> str:
    return f'/{other.path}/add?{by}={record_id}"'


def _above(record: Any) -> Any:
    """What the record is a part of, up to the one that has an owner."""
    while getattr(record, "__parent__", ""):
        record = getattr(record, record.__parent__)
    return record


def records_of(world: World, noun: Noun, each: int = EACH) -> list[tuple[str, int]]:
    """(who looks, id) of ``each`` records of every state: their owner where they have one, else who sees them first."""
    names = {employee.id: name for name, employee in world.employees.items()}
    with acting_as(System("look", world.companies["qiheng"].id)):
        found = world.keguan.database.session().scalars(select(noun.model).order_by(noun.model.id)).all()
        kept: dict[Any, list[tuple[str, int]]] = {}
        for record in found:
            account = names.get(getattr(_above(record), "owner_id", 0), "head.east")
            several = kept.setdefault(getattr(record, "state", None), [])
            if len(several) < each and world.actor(account).may(noun.resource, "read"):
                several.append((account, int(record.id)))
        world.keguan.database.release()
    return [one for several in kept.values() for one in several]
