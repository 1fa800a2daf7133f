"""The way through the pages without a browser: opens the page, answers the form that stands there and sends it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from core.operations.language import catalogues_of, speaking
from core.web.nouns import Act, Nouns
from tests.browser.answers import written
from tests.scenarios.sheets import Sheet
from tests.scenarios.ways import Refused, Values, Way
from tests.world import Browser, World

RECORD = re.compile(r"/([\w-]+)/(\d+)$")


@dataclass
class ByForms(Way):
    """Sends what the forms of the pages hold and what one types into them; ``browser_of`` opens the browser of who has signed in."""

    world: World
    nouns: Nouns
    browser_of: Callable[[str], Browser]
    language: str = "zh_CN"

    def create(self, who: str, path: str, values: Values) -> int:
        address = f"/{path}/add"
        form = self._opened(who, address).forms[address]
        found = RECORD.search(self._sent(who, address, form, values))
        assert found is not None
        return int(found[2])

    def act(self, who: str, path: str, record_id: int, verb: str, **values: Any) -> None:
        """Press the verb on the record's page; where it is not offered, or with why not, send it all the same.

        A page that was opened before somebody else was faster still has the button.
        """
        act, there = self.nouns.by_path[path].act(verb), f"/{path}/{record_id}"
        assert act is not None, f"{path} has no verb {verb}"
        page = self._opened(who, there)
        form = page.forms.get(f"{there}/{verb}")
        if form is None:
            reason = page.off.get(self._label(act))
            assert reason is None or reason.endswith(("。", ".")), f"{there} does not offer {verb}, and says no more than {reason}"
            form = {"version": self._version(who, path, record_id)} | {asked.name: "" for asked in act.asks}
        self._sent(who, f"{there}/{verb}", form, values)

    def all(self, who: str, path: str, **filters: Any) -> list[int]:
        asked = "&".join(f"{name}={value}" for name, value in filters.items())
        found = (RECORD.fullmatch(link) for link in self._opened(who, f"/{path}/?view=all&{asked}").links)
        return sorted({int(one[2]) for one in found if one is not None and one[1] == path})

    def _opened(self, who: str, address: str) -> Sheet:
        answer = self.browser_of(who).get(address)
        return Sheet(answer.text) if answer.status_code == 200 else self._refused(answer)

    def _sent(self, who: str, address: str, form: Mapping[str, str], values: Values) -> str:
        """Send a form with ``values`` typed into it; where it leads."""
        typed = dict(_typed(values))
        unasked = {name for name in typed if re.sub(r"-\d+-", "-0-", name) not in form}
        assert not unasked, f"the form of {address} does not ask for {unasked}, but for {sorted(form)}"
        answer = self.browser_of(who).post(address, data={**form, **typed})
        return str(answer.location) if answer.status_code == 303 else self._refused(answer)

    def _refused(self, answer: TestResponse) -> Any:
        assert 400 <= answer.status_code < 500, answer.text
        page = Sheet(answer.text)
        raise Refused("".join(page.beside or page.wrong))

    def _label(self, act: Act) -> str:
        with speaking(self.language, catalogues_of(self.world.keguan.registry)):
            return str(act.label)

    def _version(self, who: str, path: str, record_id: int) -> str:
        with self.world.reading(who) as session:
            return str(session.get_one(self.nouns.by_path[path].model, record_id).version)


def _typed(values: Values) -> list[tuple[str, str]]:
    """Values as the controls of a form send them; a list is the rows of a sub-table."""
    typed: list[tuple[str, str]] = []
    for name, value in values.items():
        if isinstance(value, list):
            typed += [(f"{name}-{row}-{column}", str(cell)) for row, line in enumerate(value) for column, cell in line.items()]
        else:
            typed.append((name, written(value)))
    return typed
