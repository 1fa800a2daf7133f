"""What every noun promises, whoever wrote it. A promise gets the noun and examples, and raises :class:`AssertionError` when broken."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from html import unescape
from typing import Any

from werkzeug.test import TestResponse

from core.access.criteria import parent_of
from core.database.records import mappers
from core.operations.language import catalogues_of, speaking
from core.web.input import declared_for
from core.web.nouns import Noun
from tests.conformance.examples import Examples
from tests.conformance.list_promises import LIST_PROMISES
from tests.conformance.shape_promises import SHAPE_PROMISES
from tests.world import Browser


@dataclass(frozen=True)
class Desk:
    """What a promise is tested with."""

    examples: Examples
    browser: Callable[[str], Browser]
    program: Callable[[str], Browser]


def comes_back_from_rest_as_it_was_sent(desk: Desk, noun: Noun) -> None:
    """POST, then GET: every declared field has the value that was sent."""
    program = desk.program(desk.examples.account(noun))
    sent = desk.examples.raw(noun)
    made = program.post(f"/api/v1/{noun.path}/", json=sent)
    assert made.status_code == 201, made.text
    shown = program.get(f"/api/v1/{noun.path}/{made.json['id']}").json["result"]
    written = declared_for(noun, creating=True)
    wrong = {name: (value, shown.get(name)) for name, value in sent.items() if name in written and not _same(value, shown.get(name))}
    assert wrong == {}, wrong


def _same(sent: Any, shown: Any) -> bool:
    if isinstance(shown, dict):
        return bool(shown["id"] == sent)
    if isinstance(sent, str) and isinstance(shown, str) and re.fullmatch(r"\d+\.\d+", sent):
        return Decimal(sent) == Decimal(shown)
    return sent == shown or str(shown)[:16] == str(sent)[:16]  # a moment comes back in UTC text of the same minute


def stands_in_the_list_and_in_rest(desk: Desk, noun: Noun) -> None:
    """Its page and its list show what was made, and REST counts it."""
    record_id = desk.examples.fresh(noun)
    account = desk.examples.account(noun)
    browser = desk.browser(account)
    assert browser.get(f"/{noun.path}/{record_id}").status_code == 200
    assert f"/{noun.path}/{record_id}" in browser.get(f"/{noun.path}/?view=all").text
    assert record_id in desk.program(account).get(f"/api/v1/{noun.path}/").json["ids"]


def refuses_the_second_of_two_editors(desk: Desk, noun: Noun) -> None:
    """A stale version is answered with 409 by form and REST, both values are told, and nothing changes."""
    if noun.change is None:
        return
    record_id = desk.examples.fresh(noun)
    version = desk.examples.version(noun, record_id)
    name, old, new = _a_text(noun, "two editors")
    account = desk.examples.account(noun, "update")
    program, browser = desk.program(account), desk.browser(account)
    assert program.put(f"/api/v1/{noun.path}/{record_id}", json={name: old, "version": version}).status_code == 200
    before = desk.examples.stored(noun, record_id)
    late = program.put(f"/api/v1/{noun.path}/{record_id}", json={name: new, "version": version})
    assert late.status_code == 409, late.text
    assert (late.json["theirs"][name], late.json["version"]) == (old, version + 1)
    form = browser.post(f"/{noun.path}/{record_id}/edit", data={name: new, "version": str(version)})
    assert form.status_code == 409
    assert old in form.text
    assert new in form.text
    assert desk.examples.stored(noun, record_id) == before


def a_partial_form_empties_nothing(desk: Desk, noun: Noun) -> None:
    """What a form does not show stays as it is."""
    if noun.change is None:
        return
    record_id = desk.examples.fresh(noun)
    name, _, new = _a_text(noun, "partial")
    before = desk.examples.stored(noun, record_id)
    data = {name: new, "version": str(desk.examples.version(noun, record_id))}
    saved = desk.browser(desk.examples.account(noun, "update")).post(f"/{noun.path}/{record_id}/edit", data=data)
    assert saved.status_code == 303, saved.text
    after = desk.examples.stored(noun, record_id)
    changed = {column for column in before if before[column] != after[column]}
    assert name in changed
    assert {column for column in changed if after[column] is None} == set()
    assert changed - {name} <= {column for column in changed if column.endswith("_key") or _kept_by_the_house(noun, column)}, changed


def _kept_by_the_house(noun: Noun, column: str) -> bool:
    """Whether it is a moment that no form shows, such as that of the last progress."""
    declared = noun.fields.get(column)
    return declared is not None and declared.kind == "moment" and not declared.editable


def _a_text(noun: Noun, promise: str) -> tuple[str, str, str]:
    """The name of a text that may be written, and two values for it that no other promise writes: a name may be taken only once."""
    fields = declared_for(noun, creating=False)
    texts = [name for name, field in fields.items() if field.kind in ("text", "long_text")]
    name = next((name for name in texts if fields[name].required), texts[0])
    return name, f"第一位编辑者：{promise}", f"第二位编辑者：{promise}"


def a_state_is_not_written_by_put(desk: Desk, noun: Noun) -> None:
    """Fields that only verbs write are refused by name, on creation and on change."""
    record_id = desk.examples.fresh(noun)
    program = desk.program(desk.examples.account(noun))
    for name, field in noun.fields.items():
        if field.editable:
            continue
        before = desk.examples.stored(noun, record_id)
        value = str(list(field.choices)[-1].value) if field.choices else 1
        if noun.change is not None:
            body = {name: value, "version": desk.examples.version(noun, record_id)}
            refused = program.put(f"/api/v1/{noun.path}/{record_id}", json=body)
            assert (refused.status_code, list(refused.json["fields"])) == (422, [name]), refused.text
        made = program.post(f"/api/v1/{noun.path}/", json={**desk.examples.raw(noun), name: value})
        assert made.status_code == 422, name
        assert desk.examples.stored(noun, record_id) == before


def a_form_writes_no_state(desk: Desk, noun: Noun) -> None:
    """Fields that only verbs write are passed over in a form, whatever somebody sends along."""
    if noun.change is None:
        return
    record_id, (name, _, new) = desk.examples.fresh(noun), _a_text(noun, "no state")
    before = desk.examples.stored(noun, record_id)
    smuggled = {
        other: str(list(field.choices)[-1].value) if field.choices else "1" for other, field in noun.fields.items() if not field.editable
    }
    data = {**smuggled, name: new, "version": str(desk.examples.version(noun, record_id))}
    saved = desk.browser(desk.examples.account(noun, "update")).post(f"/{noun.path}/{record_id}/edit", data=data)
    assert saved.status_code == 303, saved.text
    after = desk.examples.stored(noun, record_id)
    columns = [
        column for other in smuggled for column in (other, f"{other}_id") if column in before and not _kept_by_the_house(noun, column)
    ]
    assert {column: after[column] for column in columns} == {column: before[column] for column in columns}


def what_may_not_be_seen_answers_like_what_does_not_exist(desk: Desk, noun: Noun) -> None:
    """Another department's salesperson gets the same 404 for a hidden id and for a missing one, in everything but its number.

    What belongs to the whole company is hidden from nobody in it.
    """
    if _for_everybody(noun.model):
        return
    record_id = desk.examples.fresh(noun)
    other = desk.program("sales.west1")
    if not desk.examples.world.actor("sales.west1").may(noun.resource, "read"):
        assert other.get(f"/api/v1/{noun.path}/{record_id}").status_code == 403
        return
    hidden, missing = (other.get(f"/api/v1/{noun.path}/{one}") for one in (record_id, 2**40))
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert {**hidden.json, "number": ""} == {**missing.json, "number": ""}
    assert _headers(hidden) == _headers(missing)


def _headers(answer: TestResponse) -> dict[str, str]:
    """What the answer says beside its text; but for the nonce, which is never the same."""
    return {name: re.sub(r"'nonce-[^']+'", "", value) for name, value in answer.headers.items()}


def _for_everybody(model: Any) -> bool:
    """Whether the record, or the one that it is a part of, belongs to the whole company."""
    while model.__scope__ == "child":
        model = parent_of(model)
    return bool(model.__scope__ == "company")


def every_order_and_filter_that_is_offered_works(desk: Desk, noun: Noun) -> None:
    """Each sortable field orders both ways, each filter accepts a value of the example."""
    record_id = desk.examples.fresh(noun)
    stored = desk.examples.stored(noun, record_id)
    browser = desk.browser(desk.examples.account(noun))
    for name in ["id", *(name for name, field in noun.fields.items() if field.sortable)]:
        for order in (name, f"-{name}"):
            assert browser.get(f"/{noun.path}/?order={order}").status_code == 200, order
    for name in noun.filters:
        kind = noun.fields[name].kind
        value = stored[f"{name}_id" if kind == "reference" else name]
        query = (
            {f"{name}_from": "2020-01-01", f"{name}_to": "2199-01-01"}
            if kind in ("date", "moment")
            else {name: getattr(value, "value", value)}
        )
        asked = {key: str(one) for key, one in query.items() if one is not None} or {"view": "all"}
        page = browser.get(f"/{noun.path}/", query_string=asked)
        assert page.status_code == 200, name
        if value is not None:
            assert f"/{noun.path}/{record_id}" in page.text, name
    for view in noun.views:
        assert browser.get(f"/{noun.path}/?view={view.key}").status_code == 200, view.key


def every_tab_of_its_page_opens(desk: Desk, noun: Noun) -> None:
    """Also the tabs that other plugins add."""
    record_id = desk.examples.fresh(noun)
    browser = desk.browser(desk.examples.account(noun))
    page = browser.get(f"/{noun.path}/{record_id}").text
    for key in {part.partition('"')[0].partition("&")[0] for part in page.split("?tab=")[1:]}:
        assert browser.get(f"/{noun.path}/{record_id}?tab={key}").status_code == 200, key


def shows_how_far_it_has_come(desk: Desk, noun: Noun) -> None:
    """The states of its life cycle as a bar; a step that can be taken at once is taken by a click on it."""
    if noun.cycle is None or noun.bar is not None:
        return
    record_id = desk.examples.fresh(noun)
    browser = desk.browser(desk.examples.account(noun))
    steps = _steps(browser.get(f"/{noun.path}/{record_id}").text)
    present = [label for label, where, _ in steps if where == "now"]
    assert len(present) == 1, steps
    with speaking("zh_CN", catalogues_of(desk.examples.world.keguan.registry)):
        states = {str(state.label): state for state in type(noun.cycle.initial)}
        assert [label for label, _, _ in steps] == [str(state.label) for state in noun.cycle.way(states[present[0]])]
    form = next((form for _, _, form in steps if 'class="kg-inline"' in form), "")
    if not form:
        return
    action, version = re.findall(r'action="([^"]+)"', form)[0], re.findall(r'name="version" value="(\d+)"', form)[0]
    answer = browser.post(action, data={"version": version})
    if answer.status_code != 303:  # something is missing: the page says what, and the record stays where it was
        assert "kg-say bad" in answer.text, answer.text
    now = [one for one, where, _ in _steps(browser.get(f"/{noun.path}/{record_id}").text) if where == "now"]
    assert now != present if answer.status_code == 303 else now == present


def _steps(page: str) -> list[tuple[str, str, str]]:
    """Label, place and the markup of each step of the bar."""
    bar = re.search(r'<ol class="kg-stages".*?</ol>', page, re.DOTALL)
    assert bar is not None, "no bar"
    found = re.findall(r'<li class="(\w+)[^>]*>(.*?)</li>', bar[0], re.DOTALL)
    return [(_bare_step(inner), where, inner) for where, inner in found]


def _bare_step(inner: str) -> str:
    told = re.search(r'<span class="kg-cut">(.*?)</span>', inner, re.DOTALL)
    assert told is not None, inner
    return unescape(re.sub(r"<svg.*?</svg>|<[^>]+>", "", told[1], flags=re.DOTALL)).strip()


def is_printed_in_the_layout_of_its_form(desk: Desk, noun: Noun) -> None:
    """Whoever may print it gets it as PDF, Chinese font inside; what it is called and every heading of its form stand on the paper."""
    record_id = desk.examples.fresh(noun)
    browser = desk.browser(desk.examples.account(noun, "print"))
    page = browser.get(f"/{noun.path}/{record_id}").text
    assert f"/{noun.path}/{record_id}/form" in page
    printed = browser.post(f"/{noun.path}/{record_id}/form", data={"reason": "Kept with the papers"})
    assert (printed.status_code, printed.mimetype) == (200, "application/pdf"), printed.text
    assert b"NotoSansSC" in printed.data
    assert browser.post(f"/{noun.path}/{record_id}/form", data={"reason": " "}).status_code == 422


def can_be_deleted_only_as_it_was_read(desk: Desk, noun: Noun) -> None:
    """A stale version is no leave to delete; the right one is, unless the business says no in one sentence."""
    if noun.delete is None:
        return
    record_id = desk.examples.fresh(noun)
    program = desk.program(desk.examples.account(noun, "delete"))
    version = desk.examples.version(noun, record_id)
    assert program.delete(f"/api/v1/{noun.path}/{record_id}?version={version + 7}").status_code == 409
    assert program.get(f"/api/v1/{noun.path}/{record_id}").status_code == 200
    gone = program.delete(f"/api/v1/{noun.path}/{record_id}?version={version}")
    assert gone.status_code in (200, 403, 409), gone.text
    assert (program.get(f"/api/v1/{noun.path}/{record_id}").status_code == 404) == (gone.status_code == 200)


def shows_no_name_of_the_program(desk: Desk, noun: Noun) -> None:
    """List, record and forms, in either language, call things by their words, never by a class or a table."""
    record_id, account = desk.examples.fresh(noun), desk.examples.account(noun)
    browser = desk.browser(account)
    for language in ("en", "zh_CN"):
        assert browser.post("/account/language", data={"language": language}).status_code == 303
        for page in ("?view=all", str(record_id), f"{record_id}?tab=history", "add", f"{record_id}/edit"):
            shown = _visible(browser.get(f"/{noun.path}/{page}").text)
            assert not (found := _names_of_the_program().findall(shown)), f"{page} in {language}: {found}"


def _visible(page: str) -> str:
    """Texts of a page, and what is read out or shown on pointing."""
    bare = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join([re.sub(r"<[^>]+>", " ", bare), *re.findall(r'(?:title|placeholder|aria-label|alt)="([^"]*)"', bare)])


@cache
def _names_of_the_program() -> re.Pattern[str]:
    """Names of classes and tables that are no words of a language."""
    names = {name for mapper in mappers() for name in (mapper.class_.__name__, mapper.class_.__tablename__)}
    told = sorted(name for name in names if re.search(r"[a-z][A-Z]|_", name))
    return re.compile(rf"(?<![\w./~-])(?:{'|'.join(told)})(?:View|Api)?(?![\w~-])")


PROMISES: tuple[Callable[[Desk, Noun], None], ...] = (
    comes_back_from_rest_as_it_was_sent,
    stands_in_the_list_and_in_rest,
    refuses_the_second_of_two_editors,
    a_partial_form_empties_nothing,
    a_state_is_not_written_by_put,
    a_form_writes_no_state,
    what_may_not_be_seen_answers_like_what_does_not_exist,
    every_order_and_filter_that_is_offered_works,
    every_tab_of_its_page_opens,
    shows_how_far_it_has_come,
    is_printed_in_the_layout_of_its_form,
    can_be_deleted_only_as_it_was_read,
    shows_no_name_of_the_program,
    *LIST_PROMISES,
    *SHAPE_PROMISES,
)
