"""The start page tells of what is chosen: whose work, and which days."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from tests.world import Browser, World

ClientFor = Callable[[str], Browser]

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def chosen(page: str) -> list[str]:
    """The words that are chosen, of each choice one."""
    return re.findall(r'<a href="[^"]*" aria-current="true">([^<]*)</a>', page.partition('class="kg-row kg-wrap kg-hello"')[2])


def doors(page: str, path: str) -> list[str]:
    """What the figures and charts of the page ask of the list at ``path``."""
    return [unescape(one) for one in re.findall(rf'href="(?:/c/[\w-]+)?/{path}/(?:chart)?\?([^"]*)"', page)]


def test_a_head_chooses_whose_work_and_which_days_the_desk_tells_of(client_for: ClientFor, demonstration: World) -> None:
    page = client_for("head.east").get("/?whose=department&period=quarter").text
    assert chosen(page) == ["本部门", "本季度"]
    (signed,) = [one for one in doors(page, "contracts") if "signed_on.in" in one]
    assert signed.endswith("where=owner.is.my_department&where=signed_on.in.this_quarter")
    assert all("where=owner.is.my_department" in one for path in ("opportunities", "orders", "receipts") for one in doors(page, path))
    assert doors(page, "scheduled-payments") == ["view=late_department"]
    assert "/?whose=mine&amp;period=quarter" in page


def test_a_desk_begins_with_all_that_one_sees_of_the_month(client_for: ClientFor, demonstration: World) -> None:
    page = client_for("head.east").get("/").text
    assert chosen(page) == ["全部可见", "本月"]
    assert not [one for path in ("contracts", "opportunities", "customers") for one in doors(page, path) if "owner.is" in one]


def test_a_salesperson_is_told_of_the_own_work_whatever_the_address_asks(client_for: ClientFor, demonstration: World) -> None:
    page = client_for("sales.east1").get("/?whose=all&period=year").text
    assert chosen(page) == ["今年"]
    assert all("where=owner.is.me" in one for one in doors(page, "opportunities"))
    assert doors(page, "scheduled-payments") == ["view=late_mine"]


def test_what_cannot_be_chosen_is_refused(client_for: ClientFor, demonstration: World) -> None:
    assert [client_for("head.east").get(f"/?{one}").status_code for one in ("whose=nobody", "period=week")] == [400, 400]
