"""What leaves is what the list shows: for every noun that can be exported, under any filter and for anybody, never a record more.

The list is asked over REST, the export from the gate itself. Who has no right to export gets nothing; whoever may export as far as he or
she reads gets exactly the list, which is the positive control. CI tries a part of the filters, ``make prove`` 500 of each noun.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from urllib.parse import urlencode

import pytest

from core.exports.leaving import exported, files_that_leave
from core.exports.sources import all_sources
from core.extension.rights import EXPORT
from core.kernel.acting import Actor, acting_as
from core.kernel.errors import KeguanError
from core.switchboard.actors import resolve_actor
from core.web.nouns import Noun
from core.web.picked import files_key
from tests.conformance.enumerated import LOOKED_AT, in_sight
from tests.evidence import Evidence
from tests.isolation.callers import Callers
from tests.isolation.declared import PEOPLE, Person
from tests.isolation.reference import Thing
from tests.sizes import sized

FILTERS = sized(12, 500)
FULL = 100  # rows of the page that is compared with the whole export


@pytest.mark.requirement("R-343")
@pytest.mark.requirement("R-441")
@pytest.mark.evidence("exports-{database_kind}")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_an_export_of_any_noun_holds_nothing_that_the_list_does_not_show(callers: Callers, database_kind: str) -> None:
    evidence = Evidence(f"exports-{database_kind}", LOOKED_AT)
    nouns: dict[str, Noun] = callers.application.extensions["keguan"].nouns.by_path
    for key in sorted(all_sources()):
        if key in nouns and nouns[key].plugin != "core" and in_sight(nouns[key].plugin):
            _walk(callers, nouns[key], evidence)
            _walk_files(callers, nouns[key], evidence)
    evidence.close()


def _walk_files(callers: Callers, noun: Noun, evidence: Evidence) -> None:
    """Files in bulk: every record of the house is asked for by its number, files of those alone leave that the list shows."""
    if not noun.files:
        return
    house, table = callers.house, noun.model.__tablename__
    everything = [("picked", ".".join(str(house.ids[thing.key]) for thing in house.of(table)))]
    for who in (one for one in PEOPLE if _reads(callers, one, noun)):
        # parts of a record, its files too, stay in their company, whoever may read it from another one
        shown = {house.ids[key] for key in house.seen(who, table) if house.things[key].slug == who.slug}
        mine, all_read = (_files(callers, noun, everything, actor) for actor in _actors(callers, noun, who))
        item = f"{who.key} files of {noun.path}"
        if not mine <= shown or all_read != shown:
            evidence.failed(item, f"leaving {sorted(mine)} and {sorted(all_read)}, shown {sorted(shown)}", noun.plugin)
        else:
            evidence.positive(item, noun.plugin)


def _files(callers: Callers, noun: Noun, asked: list[tuple[str, str]], who: Actor) -> set[int]:
    """Ids of the records of which files would leave."""
    source = all_sources()[files_key(noun.path)]
    with callers.application.app_context(), acting_as(who):
        found = {one.record_id for one in files_that_leave(callers.database.session(), source, source.checked(asked))}
        callers.database.release()
    return found


def _walk(callers: Callers, noun: Noun, evidence: Evidence) -> None:
    chance = Random(f"343 {noun.path}")
    readers = [one for one in PEOPLE if _reads(callers, one, noun)]
    assert readers, f"nobody reads {noun.path}"
    for number in range(FILTERS):
        who = chance.choice(readers)
        _compare(callers, noun, who, _asked(callers, noun, who, chance) if number else [], evidence)


def _reads(callers: Callers, who: Person, noun: Noun) -> bool:
    there = not (who.gone or who.closed) and callers.house.reference.may(who, noun.resource, "read")
    return there and bool(callers.house.seen(who, noun.model.__tablename__))


def _asked(callers: Callers, noun: Noun, who: Person, chance: Random) -> list[tuple[str, str]]:
    """A query such as the pages make: words, a view, an order, some of the filters."""
    house = callers.house
    things = [house.things[key] for key in sorted(house.seen(who, noun.model.__tablename__))]
    asked = [("q", chance.choice(["", "", "Zq", *house.texts.get(chance.choice(things).key, {}).values()]))]
    asked.append(("view", chance.choice(["", "", *(view.key for view in noun.views)])))
    sortable = [name for name, declared in noun.fields.items() if declared.sortable]
    asked.append(("order", chance.choice(["", *sortable, *(f"-{name}" for name in sortable)])))
    for name in chance.sample(sorted(noun.filters), min(len(noun.filters), chance.choice((0, 1, 1, 2)))):
        asked += [(name, value) for value in _values(callers, noun, name, chance.choice(things), chance)]
    return [(name, value) for name, value in asked if value]


def _values(callers: Callers, noun: Noun, name: str, thing: Thing, chance: Random) -> Iterator[str]:
    declared = noun.fields[name]
    if declared.choices is not None:
        yield from chance.sample([str(one.value) for one in declared.choices], min(2, len(list(declared.choices))))
    elif declared.kind == "reference":
        yield str(chance.choice(sorted(number for key, number in callers.house.ids.items() if key.startswith(f"{declared.target}:"))))
    elif declared.kind == "flag":
        yield chance.choice(("1", "0"))
    elif declared.kind == "text":
        yield str(callers.house.texts.get(thing.key, {}).get(name, ""))


def _compare(callers: Callers, noun: Noun, who: Person, asked: list[tuple[str, str]], evidence: Evidence) -> None:
    item = f"{who.key} {noun.path}?{urlencode(asked)}"
    listed = callers.by_token(who).ask("GET", f"/api/v1/{noun.path}/?{urlencode([*asked, ('size', str(FULL))])}")
    if listed.status != 200:
        _refused(callers, noun, who, asked, evidence, item)
        return
    shown = {int(one["id"]) for one in listed.json["result"]}
    mine, all_read = (_leaving(callers, noun, asked, actor) for actor in _actors(callers, noun, who))
    if len(shown) >= FULL:
        evidence.failed(item, "fills the page, so nothing can be compared", noun.plugin)
    elif not mine <= shown or all_read != shown:
        evidence.failed(item, f"leaving {sorted(mine)} and {sorted(all_read)}, shown {sorted(shown)}", noun.plugin)
    elif shown:
        evidence.positive(item, noun.plugin)
    else:
        evidence.refused(item, noun.plugin)


def _actors(callers: Callers, noun: Noun, who: Person) -> tuple[Actor, Actor]:
    """The person with the rights of today, and with the right to export as far as he or she reads."""
    found = resolve_actor(callers.database.identity(), callers.house.users[who.account], callers.house.ids[f"core_company:{who.slug}"])
    callers.database.release()
    assert found is not None
    return found, replace(found, grants={**found.grants, (noun.resource, EXPORT): found.scopes(noun.resource, "read")})


def _leaving(callers: Callers, noun: Noun, asked: list[tuple[str, str]], who: Actor) -> set[int]:
    """Ids of what the gate would let out."""
    source = all_sources()[noun.path]
    with callers.application.app_context(), acting_as(who):
        session = callers.database.session()
        found = {int(one.id) for one in session.scalars(exported(session, source, source.checked(asked)))}
        callers.database.release()
    return found


def _refused(callers: Callers, noun: Noun, who: Person, asked: list[tuple[str, str]], evidence: Evidence, item: str) -> None:
    """What the list does not answer, the gate does not let out."""
    try:
        found = _leaving(callers, noun, asked, _actors(callers, noun, who)[1])
    except KeguanError:
        evidence.refused(f"{item} not asked", noun.plugin)
    else:
        if found:
            evidence.failed(item, "the list refuses it, the gate does not", noun.plugin)
        else:
            evidence.refused(f"{item} nothing", noun.plugin)
