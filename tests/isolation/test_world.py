"""The world of the harnesses is what it says it is."""

from __future__ import annotations

from tests.isolation.building import House
from tests.isolation.callers import Callers
from tests.isolation.declared import person


def test_the_world_holds_records_of_every_plugin_for_every_slot(house: House, callers: Callers) -> None:
    assert len(house.things) > 100
    c = callers.by_session(person("east1@first"))
    for p in ["/", "/customers/", "/contacts/", "/customers/%d" % house.ids["customers_customer:east1"], "/employees/choices"]:
        a = c.ask("GET", p)
        print(p, a.status, sorted(callers.house.canaries.found(a.text))[:60], callers.house.leaked(c.person, a.text))
    for c in callers.everybody():
        print(c.name, c.ask("GET", "/customers/").status, c.ask("GET","/api/v1/customers/").status)
    for c in (callers.by_token(person("east1@first")), callers.by_key(person("east1@first"))):
        print(c.name, c.ask("GET","/api/v1/customers/").json["count"])
