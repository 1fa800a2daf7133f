"""One example of a kind of record before somebody who may do with it what is about to be done."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page

from core.web.nouns import Noun
from tests.browser.windows import Window
from tests.conformance.examples import Examples
from tests.world import World


@dataclass(frozen=True)
class Use:
    """One example of ``noun`` before a person who may do with it what the feature asks for."""

    window: Window
    noun: Noun
    record_id: int
    account: str
    examples: Examples
    world: World

    @property
    def page(self) -> Page:
        """The page in the window."""
        return self.window.page

    def open_list(self, asked: str = "view=all&size=100") -> None:
        """The whole list, filled."""
        assert self.window.open(f"/{self.noun.path}/?{asked}") == 200

    def open_record(self, tab: str = "") -> None:
        """The page of the example."""
        assert self.window.open(f"/{self.noun.path}/{self.record_id}{f'?tab={tab}' if tab else ''}") == 200
