"""A list in groups: counts and sums of what one sees, one statement, none by what one may not read."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from plugins.customers.operations import create_customer
from tests.conformance.statements import counted
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]


def groups(page: str) -> dict[str, int]:
    """Label and count of each group."""
    return {
        label: int(number) for label, number in re.findall(r'<td><a class="name"[^>]*>([^<]*)</a></td><td class="kg-num">(\d+)</td>', page)
    }


@pytest.mark.requirement("R-483")
def test_two_people_group_the_same_list_and_each_counts_the_own_records(world: World, client_for: ClientFor) -> None:
    for account, names in (("sales.east1", ("一", "二")), ("sales.east2", ("三",))):
        with world.use_case(account) as session:
            for name in names:
                create_customer(session, {"name": name, "industry": "machinery"})
    found = {who: groups(client_for(who).get("/customers/?group=owner").text) for who in ("sales.east1", "sales.east2", "head.east")}
    assert found["sales.east1"] == {"苏晓晨": 2}
    assert found["sales.east2"] == {"吴佳宁": 1}
    assert found["head.east"] == {"苏晓晨": 2, "吴佳宁": 1}


def test_grouping_costs_no_more_than_the_list(world: World, client_for: ClientFor) -> None:
    with world.use_case("sales.east1") as session:
        create_customer(session, {"name": "一"})
    client, engine = client_for("sales.east1"), world.keguan.database.engine
    client.get("/customers/?group=owner")
    with counted(engine) as listed:
        client.get("/customers/?order=-id")
    with counted(engine) as grouped:
        client.get("/customers/?group=owner")
    assert len(grouped) <= len(listed) + 1


def test_a_list_is_grouped_by_its_filters_alone(client_for: ClientFor) -> None:
    client = client_for("sales.east1")
    answers = [client.get(f"/customers/?group={name}").status_code for name in ("industry", "name", "tax_number", "nonsense")]
    assert answers == [200, 400, 400, 400]
