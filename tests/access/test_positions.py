"""Positions are words of a list that both languages know; what a company types besides stays as it was typed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.world import Browser

HAN = re.compile(r"[一-鿿]")


@pytest.mark.requirement("R-495")
def test_positions_of_the_demonstration_stand_in_the_language_of_the_reader(client_for: Callable[[str], Browser]) -> None:
    browser = client_for("head.east")
    told = re.findall(r"<dt>岗位</dt><dd>([^<]*)</dd>", browser.get("/employees/cards").text)
    assert len(told) > 10
    assert all(HAN.search(one) for one in told), told
    browser.post("/account/language", data={"language": "en"})
    told = re.findall(r"<dt>Position</dt><dd>([^<]*)</dd>", browser.get("/employees/cards").text)
    assert len(told) > 10
    assert not [one for one in told if HAN.search(one)], told
