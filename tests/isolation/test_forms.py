"""A form is shown to whoever may send it, over every noun: 403 for who may only look, 404 for who may not even do that."""

from __future__ import annotations

import pytest

from core.web.nouns import Noun
from tests.evidence import Evidence
from tests.isolation.callers import Callers
from tests.isolation.declared import PEOPLE, Person
from tests.isolation.routes import NOWHERE


@pytest.mark.requirement("R-443")
@pytest.mark.evidence("forms-{database_kind}")
def test_the_form_of_a_record_opens_for_whoever_may_change_it(callers: Callers, database_kind: str) -> None:
    evidence = Evidence(f"forms-{database_kind}", [], shares=False)
    for noun in callers.application.extensions["keguan"].nouns.by_path.values():
        if noun.change is not None and noun.plugin != "core":
            for who in PEOPLE:
                _ask(callers, evidence, noun, who)
    evidence.close()
    outcomes = {(item.partition(" ")[0], item.rpartition(" ")[2]) for item, *_ in evidence.items}
    assert {status for _, status in outcomes} >= {"200", "403", "404"}


def _ask(callers: Callers, evidence: Evidence, noun: Noun, who: Person) -> None:
    """One record that the person may change, one that may only be seen, one that may not be seen, and one that nobody has."""
    house, table = callers.house, noun.model.__tablename__
    if who.gone or who.closed or not house.reference.may(who, noun.resource, "update"):
        return
    seen, changed = house.seen(who, table), house.seen(who, table, "update")
    hidden = {thing.key for thing in house.of(table) if thing.slug == who.slug} - seen
    for keys, right in ((changed & seen, (200, 409)), (seen - changed, (403,)), (hidden, (404,)), ({""}, (404,))):
        for key in sorted(keys)[:1]:
            answer = callers.by_session(who).ask("GET", f"/{noun.path}/{house.ids.get(key, NOWHERE)}/edit")
            item = f"{noun.path} {who.key} {key or 'nobody has it'} {answer.status}"
            if answer.status not in right:
                evidence.failed(item, f"expected {right}", noun.plugin)
            elif right[0] == 200:
                evidence.positive(item, noun.plugin)
            else:
                evidence.refused(item, noun.plugin)
