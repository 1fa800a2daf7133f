"""The third way into the house: through its pages. Everybody signs in, finds the record in its list, fills in and presses the button."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from core.database.fields import Field
from core.operations.language import catalogues_of, speaking
from core.web.input import declared_for
from core.web.nouns import Act, Noun, Nouns
from tests.browser.answers import Chosen, answer_all
from tests.browser.hands import find, started
from tests.browser.windows import PATIENCE, Window
from tests.scenarios.ways import Refused, Values, Way
from tests.world import World

FETCHING = ".htmx-request"  # parts of the page that are on their way
RECORD = re.compile(r"/c/\w+/([\w-]+)/(\d+)$")


@dataclass
class Album:
    """Pictures of a story in their order; without a folder none is taken."""

    folder: Path | None = None
    taken: int = 0

    def take(self, page: Page, words: str) -> None:
        """A picture of what the window shows now, called by its number and ``words``."""
        if self.folder is None:
            return
        self.taken += 1
        self.folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=self.folder / f"{self.taken:03d}-{words}.png")


@dataclass
class ByClicks(Way):
    """Clicks and types in windows of Chromium; ``window_of`` opens the window of a person who has signed in."""

    world: World
    nouns: Nouns
    window_of: Callable[[str], Window]
    language: str = "zh_CN"
    album: Album = field(default_factory=Album)
    names: dict[tuple[str, int], str] = field(default_factory=dict)
    """What the records met so far are called, by path and id."""

    def create(self, who: str, path: str, values: Values) -> int:
        noun, page = self.nouns.by_path[path], self.window_of(who).page
        chosen = self._chosen(declared_for(noun, creating=True).values(), values)
        parent = self._written_on(noun)
        if parent is not None:
            return self._write(who, noun, parent, chosen)
        form = self._open_form(page, path)
        answer_all(form, chosen)
        self.album.take(page, f"{who}-{path}-form")
        self._send(page, form.locator("[data-submit]"))
        self._arrived(page, f"{who}-{path}-created")
        found = RECORD.search(page.url)
        assert found is not None, f"{page.url} is no record"
        self.names[path, int(found[2])] = page.locator("h1").inner_text()
        return int(found[2])

    def act(self, who: str, path: str, record_id: int, verb: str, **values: Any) -> None:
        act = self.nouns.by_path[path].act(verb)
        assert act is not None, f"{path} has no verb {verb}"
        page = self.window_of(who).page
        self._open_record(page, path, record_id)
        button = self._button(page, act)
        if "kg-off" in (button.get_attribute("class") or ""):
            raise Refused(self._reason(button))
        if act.asks or act.confirm:
            button.click()
            panel = button.locator("xpath=..").locator("form.kg-panel")
            answer_all(panel, self._chosen(act.asks, values))
            self.album.take(page, f"{who}-{path}-{verb}-asked")
            button = panel.locator("button[type=submit]")
        self._send(page, button)
        self._arrived(page, f"{who}-{path}-{verb}-done")

    def all(self, who: str, path: str, **filters: Any) -> list[int]:
        noun, page = self.nouns.by_path[path], self.window_of(who).page
        self._open_list(page, path)
        chosen = self._chosen(noun.fields.values(), filters)
        for name, value in chosen.items():
            self._filter(page, name, value)
        links = page.locator(f"#list tbody a[href*='/{path}/']")
        for link in links.all():
            found = RECORD.search(link.get_attribute("href") or "")
            if found is not None:
                self.names[path, int(found[2])] = link.inner_text()
        self.album.take(page, f"{who}-{path}-found")
        return sorted(number for (kind, number), name in self.names.items() if kind == path and name in links.all_inner_texts())

    def _chosen(self, declared: Iterable[Field], values: Values) -> dict[str, Any]:
        """The values with records that are told by their names."""
        references = {one.name: one for one in declared if one.kind == "reference"}
        return {name: Chosen(value, self._name(references[name], value)) if name in references else value for name, value in values.items()}

    def _name(self, reference: Field, record_id: int) -> str:
        if reference.target == "core_employee":
            return next(one.name for one in self.world.employees.values() if one.id == record_id)
        return self.names[self.nouns.by_table[reference.target].path, record_id]

    def _written_on(self, noun: Noun) -> Noun | None:
        """The noun on whose page records of ``noun`` are written without a form of their own."""
        return next((one for one in self.nouns.by_path.values() if one.composer == noun.path), None)

    def _write(self, who: str, noun: Noun, parent: Noun, values: dict[str, Any]) -> int:
        page = self.window_of(who).page
        self._open_record(page, parent.path, values.pop(noun.model.__parent__).id)
        composer = page.locator("#composer")
        text = composer.locator("textarea")
        text.fill(values.pop(text.get_attribute("name") or ""))
        answer_all(composer, values)
        self.album.take(page, f"{who}-{noun.path}-form")
        self._send(page, composer.locator("[data-submit]"))
        self._arrived(page, f"{who}-{noun.path}-done")
        return max(self.all(who, noun.path))

    def _open_list(self, page: Page, path: str) -> None:
        page.goto(re.sub(r"(/c/\w+)(/.*)?$", rf"\1/{path}/?view=all", page.url))
        expect(page.locator("#list")).to_be_visible()

    def _open_record(self, page: Page, path: str, record_id: int) -> None:
        found = RECORD.search(page.url)
        if found is not None and (found[1], int(found[2])) == (path, record_id):
            page.reload()
        else:
            self._open_list(page, path)
            page.locator(f"#list tbody a[href$='/{path}/{record_id}']").first.click()
            page.wait_for_url(f"**/{path}/{record_id}")
        expect(page.locator(FETCHING)).to_have_count(0)

    def _open_form(self, page: Page, path: str) -> Locator:
        self._open_list(page, path)
        page.locator(f"a[href$='/{path}/add']:visible").last.click()
        form = page.locator("dialog[open] form[data-form], main form[data-form]")
        form.wait_for()
        return form

    def _button(self, page: Page, act: Act) -> Locator:
        with speaking(self.language, catalogues_of(self.world.keguan.registry)):
            label = re.compile(rf"^\s*{re.escape(str(act.label))}\s*$")
        verbs = page.locator(".kg-verbs")
        button = verbs.locator("summary, button[type=submit]").filter(has_text=label).first
        expect(button).to_be_attached()
        if not button.is_visible():
            verbs.locator("> details.kg-menu > summary.kg-ib").click()
        return button

    def _reason(self, button: Locator) -> str:
        button.click()
        return button.locator("xpath=..").locator(".kg-reason").inner_text()

    def _filter(self, page: Page, name: str, value: Any) -> None:
        menu = page.locator("#filters details", has=page.locator(f"select[name='{name}']"))
        if not menu.is_visible():
            page.locator("#filters .kg-morefilters").click()
        menu.locator("summary").click()
        started(menu)
        find(menu, value.text)
        menu.locator(f".ts-dropdown .option[data-value='{value.id}']").click()
        menu.locator("button[type=submit]").click()
        page.wait_for_url(re.compile(rf"[?&]{name}={value.id}"))
        expect(page.locator(".kg-pick.on")).to_have_count(1)

    def _send(self, page: Page, button: Locator) -> None:
        """Press a button that changes something; raises :class:`Refused` with the sentence that the page answers with."""
        page.locator("html").evaluate("page => { page.dataset.left = 'yes'; }")
        with page.expect_response(lambda answer: answer.request.method == "POST", timeout=PATIENCE) as sent:
            button.click()
        if sent.value.status in (204, 303):
            # The address may stay the same: only a page without the mark is the next one, and nobody leaves it before it is there.
            expect(page.locator("html:not([data-left])")).to_be_attached()
            page.wait_for_load_state("load")
            return
        page.locator(".kg-field .kg-err, .kg-say.bad").first.wait_for()
        wrong = page.locator(".kg-field .kg-err").all_inner_texts() or page.locator(".kg-say.bad").all_inner_texts()
        raise Refused("".join(one.strip() for one in wrong))

    def _arrived(self, page: Page, words: str) -> None:
        expect(page.locator(FETCHING)).to_have_count(0)
        assert page.locator(".kg-say.bad").count() == 0, page.locator(".kg-say.bad").all_inner_texts()
        self.album.take(page, words)
