"""A record has one filled button at most, whichever tab is open: where two are filled, neither is the page's own."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from core.operations.language import catalogues_of, speaking
from tests.conformance.enumerated import looked_at
from tests.conformance.test_offered_doors import records_of
from tests.world import Browser, World

IN_A_POPOVER = re.compile(r'<div class="kg-pop.*?</div></details>', re.DOTALL)
FILLED = re.compile(r'class="[^"]*\bbtn-primary\b[^"]*"')
TAB = re.compile(r"[?&;]tab=([\w-]+)")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_no_record_of_the_demonstration_has_two_filled_buttons(
    application: Flask, demonstration: World, client_for: Callable[[str], Browser]
) -> None:
    world, wrong, looked = demonstration, [], 0
    nouns = list(looked_at(application.extensions["keguan"].nouns.by_path.values()))
    with speaking("zh_CN", catalogues_of(world.keguan.registry)):
        for noun in nouns:
            for account, record_id in list(dict(records_of(world, noun, each=1)).items()):
                browser, address = client_for(account), f"/{noun.path}/{record_id}"
                page = browser.get(address).text
                for tab in ("", *(f"?tab={key}" for key in dict.fromkeys(TAB.findall(page)) if key == "approval")):
                    main = IN_A_POPOVER.sub("", browser.get(address + tab).text.partition('id="main"')[2])
                    filled, looked = FILLED.findall(main), looked + 1
                    if len(filled) > 1:
                        wrong.append((account, address + tab, filled))
    assert not wrong, "\n".join(map(str, wrong))
    assert looked > len(nouns)
