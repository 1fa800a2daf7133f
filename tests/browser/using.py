"""What hands do with records of any kind: each feature that a declaration offers, used once on a page of Chromium in Chinese.

Each of :data:`USES` is called by the feature's name in :data:`core.web.features.FEATURES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from core.access.reasons import key_fields
from core.database.search import searchable
from core.kernel.acting import acting_as
from core.web.changing import fields_in_place
from core.web.conditions import ME, MY_DEPARTMENT, condition_fields
from core.web.nouns import Noun
from core.web.searching import led_by
from tests.browser.hands import started
from tests.browser.saving import fill, typed
from tests.browser.windows import Window
from tests.conformance.examples import Examples
from tests.world import World

FETCHING = ".htmx-request"


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


def total(page: Page) -> int:
    """How many records the list says it finds."""
    said = page.locator(".kg-pager [role=status]")
    return max((int(one.replace(",", "")) for one in re.findall(r"\d[\d,]*", said.inner_text())), default=0) if said.count() else 0


def list_shows_it(use: Use) -> None:
    use.open_list()
    page = use.page
    expect(page.locator(f"#list a[href$='/{use.noun.path}/{use.record_id}']").first).to_be_attached()


def search_finds_it(use: Use) -> None:
    use.open_list()
    page, box = use.page, use.page.locator("#list-search")
    box.fill(_searched(use))
    box.press("Enter")
    page.wait_for_url(re.compile(r"[?&]q="))
    expect(page.locator(f"#list a[href$='/{use.noun.path}/{use.record_id}']").first).to_be_attached()
    page.locator("#list-search").fill("没有这样的记录zzz")
    page.locator("#list-search").press("Enter")
    expect(page.locator("#list tbody tr")).to_have_count(0)
    expect(page.locator("#list")).to_contain_text("没有符合条件的记录")


def _searched(use: Use) -> str:
    """What identifies the example: a value of its own, else what the record is called that it belongs to."""
    with use.world.reading(use.account) as session:
        record = session.get(use.noun.model, use.record_id)
        own = next((str(value) for name in searchable(use.noun.model) if (value := getattr(record, name, None))), "")
        return own or next(str(getattr(record, name)) for name in led_by(use.noun) if getattr(record, name, None))


def a_quick_filter_narrows(use: Use) -> None:
    use.open_list()
    page, quick = use.page, use.page.locator("#filters details[data-filter]").first
    quick.locator("summary").click()
    inside = quick.locator(".kg-pop")
    expect(inside).to_be_visible()
    if inside.locator("input[type=checkbox]").count():
        inside.locator("label:has(input[type=checkbox])").first.click()
    elif inside.locator("input[data-date], input[type=date], .flatpickr-input").count():
        inside.locator("input:visible").first.fill("2020-01-01")
    else:
        started(inside)
        if not inside.locator(".ts-dropdown").is_visible():
            inside.locator(".ts-control").click()
        expect(inside.locator(".ts-wrapper.loading")).to_have_count(0)
        inside.locator(".ts-dropdown .option").first.click()
    submit = inside.locator("button[type=submit]")
    if submit.count():
        submit.first.click()
    page.wait_for_url(lambda url: any(f"{name}" in url.partition("?")[2] for name in use.noun.filters))
    expect(page.locator(".kg-filters .kg-pick.on").first).to_be_visible()


def conditions_are_put_together(use: Use) -> None:
    use.open_list()
    page, everything, names = use.page, total(use.page), _asked_about(use)
    page.locator(".kg-filters > a", has_text="筛选").click()
    drawer = page.locator("#drawer form")
    for number, name in enumerate(names):
        _ask_for(drawer, use.noun, name, number)
    if len(names) > 1:
        drawer.locator("[name=join][value=or]").check()
    for number in range(1, len(names)):
        if len(names) > 2:
            drawer.locator(f"[name=g{number}]").select_option("1")
    drawer.locator("footer button[value=apply]").click()
    page.wait_for_url(lambda url: "where=" in url)
    assert page.url.count("where=") == len(names), use.noun.path
    expect(page.locator(".kg-filters .kg-pick.on a")).to_have_count(len(names))
    assert total(page) <= everything
    page.locator(".kg-filters > a", has_text="筛选").click()
    expect(page.locator("#drawer .kg-condition")).to_have_count(len(names))  # what was asked stands there again
    page.locator("#drawer button[value=drop-0]").click()
    expect(page.locator("#drawer .kg-condition")).to_have_count(len(names) - 1)


def _asked_about(use: Use) -> list[str]:
    """Up to three fields: a day, a person or department, and something to choose or to type, as far as the noun has them."""
    noun = use.noun
    with acting_as(use.world.actor(use.account)):
        offered = condition_fields(noun)
    names = [name for name in offered if noun.fields[name].kind != "reference" or noun.fields[name].target.startswith("core_")]
    wanted = (
        [name for name in names if noun.fields[name].kind in ("date", "moment")][:1],
        [name for name in names if noun.fields[name].target == "core_employee"][:1],
        [name for name in names if noun.fields[name].target == "core_department"][:1],
        [name for name in names if noun.fields[name].choices is not None][:1],
        [name for name in names if noun.fields[name].kind in ("text", "money")][:2],
    )
    return [name for group in wanted for name in group][:3]


def _ask_for(drawer: Locator, noun: Noun, name: str, number: int) -> None:
    """Add a condition on the field: a span that moves with today, me or my department, or the first value that is offered."""
    drawer.locator("select[name=field]").select_option(name)
    drawer.locator("button[value=add]").click()
    row = drawer.locator(f".kg-condition:has([name=f{number}])")
    expect(row).to_be_visible()
    kind, target = noun.fields[name].kind, noun.fields[name].target
    if kind in ("date", "moment"):
        row.locator(f"[name=o{number}]").select_option("in.this_month")
    elif kind == "reference" or noun.fields[name].choices is not None:
        expect(row.locator("select[data-select]:not(.tomselected)")).to_have_count(0)
        own = {"core_employee": f"[data-value={ME}]", "core_department": f"[data-value={MY_DEPARTMENT}]"}.get(target, "")
        row.locator(".ts-control").click()
        row.locator(f".ts-dropdown .option{own}").first.click()
    else:
        row.locator(f"[name=v{number}]").fill("1")


def groups_add_up(use: Use) -> None:
    use.open_list()
    page, everything = use.page, total(use.page)
    page.locator(".kg-filters > details:not([data-filter]) > summary").click()
    page.locator(".kg-filters > details[open] a.kg-item").nth(1).click()
    rows = page.locator(".kg-groups tbody tr")
    expect(rows.first).to_be_visible()
    counts = [int(one.replace(",", "")) for one in page.locator(".kg-groups tbody td:nth-child(2)").all_inner_texts()]
    assert sum(counts) == everything, use.noun.path
    assert page.locator(".kg-groups tfoot td").nth(1).inner_text() == f"{everything:,}"
    for place in range(2, page.locator(".kg-groups tfoot td").count()):
        parts = page.locator(f".kg-groups tbody td:nth-child({place + 1})").all_inner_texts()
        told = page.locator(".kg-groups tfoot td").nth(place).inner_text()
        assert sum(map(_figure, parts)) == _figure(told), (use.noun.path, parts, told)
    rows.first.locator("a.name").click()
    expect(page.locator(".kg-groups")).to_have_count(0)
    assert total(page) == counts[0], use.noun.path


def _figure(told: str) -> int:
    """A sum as a list tells it, in hundredths."""
    digits = re.sub(r"[^\d.\-]", "", told)
    return round(float(digits) * 100) if digits not in ("", "-") else 0


def a_chart_is_drawn(use: Use) -> None:
    use.open_list()
    page = use.page
    page.locator(".kg-shape a[aria-label='图表']").locator("visible=true").click()
    page.wait_for_url("**/chart**")
    expect(page.locator("[data-chart]")).to_have_attribute("data-drawn", "1")
    first = page.locator(".kg-values tbody tr").first
    said = int(re.sub(r"\D", "", first.locator("td").nth(1).inner_text()))  # how many records, whatever is measured beside
    first.locator("a").first.click()
    page.wait_for_url(lambda url: "/chart" not in url)
    assert total(page) == said, use.noun.path


def a_board_shows_it(use: Use) -> None:
    use.open_list()
    page = use.page
    page.locator(".kg-shape a[aria-label='看板']").locator("visible=true").click()
    page.wait_for_url("**/board**")
    expect(page.locator(f"[data-card] a[href$='/{use.noun.path}/{use.record_id}']").first).to_be_attached()


def columns_are_chosen(use: Use) -> None:
    use.open_list()
    page, heads = use.page, use.page.locator("#list thead th:not(.pick)")
    usual = heads.all_inner_texts()
    door = page.locator(".kg-filters > a", has_text="列")
    door.click()
    items = page.locator("#drawer .kg-columns li")
    ticked = items.filter(has=page.locator("input:checked"))
    hidden = ticked.last.locator("[name=column]").get_attribute("value")
    if len(usual) > 1:
        page.locator(f"#drawer [name=column][value={hidden}]").uncheck()
    moved = items.nth(1).locator("[name=column]").get_attribute("value")
    page.locator(f"#drawer button[value=up-{moved}]").click()
    expect(items.first.locator("[name=column]")).to_have_attribute("value", moved or "")
    page.locator("#drawer [name=dense][value='1']").check()
    page.locator("#drawer footer button", has_text="保存").click()
    expect(page.locator("#list .kg-dense")).to_be_visible()
    shown = heads.all_inner_texts()
    assert len(shown) == max(len(usual) - 1, 1), use.noun.path
    assert shown[0] == usual[0]  # the name leads, wherever it was put
    door.click()
    page.locator("#drawer [name=dense][value='']").check()
    page.locator("#drawer button[value=reset]").click()
    expect(heads).to_have_text([re.compile(re.escape(one.strip())) for one in usual])
    expect(page.locator("#list .kg-dense")).to_have_count(0)


def a_view_is_saved_and_deleted(use: Use) -> None:
    use.open_list()
    page = use.page
    page.locator(".kg-titlebar a", has_text="新建视图").first.click()
    form = page.locator("#drawer form, main form").filter(has=page.locator("[name=name]"))
    form.locator("[name=name]").fill("亲手保存的视图")
    form.locator("button[type=submit]").last.click()
    tab = page.locator(".kg-tabs a", has_text="亲手保存的视图")
    expect(tab).to_have_attribute("aria-current", "page")
    page.locator("summary[aria-label='此视图']").click()
    page.locator(".kg-titlebar summary", has_text="删除视图").locator("visible=true").click()
    page.locator(".kg-titlebar form.kg-panel:visible button[type=submit]").click()
    expect(tab).to_have_count(0)


def a_star_is_set_and_taken_away(use: Use) -> None:
    use.open_record()
    star = use.page.locator("#record-head .kg-starb")
    expect(star).to_have_attribute("aria-pressed", "false")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    use.window.open("/marks/")
    expect(use.page.locator(f"main a[href$='/{use.noun.path}/{use.record_id}']").first).to_be_visible()
    use.open_record()
    star.click()
    expect(star).to_have_attribute("aria-pressed", "false")


def its_place_is_told(use: Use) -> None:
    use.open_list()
    use.page.locator("#list tbody a.name").first.click()
    expect(use.page.locator("[data-near]")).to_contain_text(re.compile(r"1 / \d+"))


def a_record_is_made(use: Use) -> None:
    page = use.page
    assert use.window.open(f"/{use.noun.path}/add") == 200
    fill(page, typed(use.noun, use.examples.raw(use.noun), use.world, use.account))
    page.locator(".kg-formpage form[data-form] [data-submit]").click()
    page.wait_for_url(lambda url: not url.partition("?")[0].endswith("/add"))
    expect(page.locator("h1")).to_be_visible()


def the_form_is_saved(use: Use) -> None:
    page = use.page
    status = use.window.open(f"/{use.noun.path}/{use.record_id}/edit")
    form = page.locator("main form[data-form]")
    if status != 200 or not form.count():  # its state closes it, and the page says why
        expect(page.locator("main")).to_contain_text(re.compile(r"不能|已|未"))
        return
    started(form)
    form.locator("[data-submit]").click()
    page.wait_for_url(re.compile(rf"/{use.noun.path}/{use.record_id}($|\?)"))


def a_field_is_changed_where_it_stands(use: Use) -> None:
    use.open_record()
    page, pens = use.page, use.page.locator("aside [data-here] .pen, aside .pen")
    with acting_as(use.world.actor(use.account)):
        here = fields_in_place(use.noun)
    plain = [name for name in here if use.noun.fields[name].kind in ("text", "long_text") and name not in key_fields(use.noun.model)]
    if not pens.count():  # closed, or fixed: each value says why
        expect(page.locator("aside")).to_be_visible()
        return
    for name in plain:
        pen = page.locator(f"aside a.pen[href*='/field/{name}'], aside .pen[hx-get*='/field/{name}']").first
        if not pen.count() or not pen.is_visible():
            continue
        pen.click()
        question = page.locator(f"[data-here-form] [name={name}]")
        question.fill("就地改过的值")
        question.press("Control+Enter" if use.noun.fields[name].kind == "long_text" else "Enter")
        expect(page.locator(".kg-toast")).to_be_visible()
        expect(page.locator("aside.kg-stack")).to_contain_text("就地改过的值")
        return
    pens.locator("visible=true").first.click()
    expect(page.locator("[data-here-form]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-here-form]")).to_have_count(0)


def its_way_is_shown(use: Use) -> None:
    use.open_record()
    steps = use.page.locator("#record-head .kg-stages li")
    expect(steps.first).to_be_visible()
    expect(use.page.locator("#record-head .kg-stages li[aria-current=step]")).to_have_count(1)


def every_verb_runs_or_says_why_not(use: Use) -> None:
    use.open_record()
    head = use.page.locator("#record-head")
    shown = set(
        head.locator(".kg-verbs :is(a, button, summary), .kg-stages :is(button, summary)").evaluate_all(
            "all => all.map((one) => one.textContent.trim().replace(/\\s+/g, ' '))"
        )
    )
    assert shown, use.noun.path
    closed = head.locator(".kg-verbs summary.kg-off")
    for place in range(closed.count()):
        assert closed.nth(place).get_attribute("title"), (use.noun.path, closed.nth(place).inner_text())


def every_tab_opens(use: Use) -> None:
    use.open_record()
    page = use.page
    for name in page.locator("[role=tab]").evaluate_all("all => all.map((one) => one.id)"):
        tab = page.locator(f"#{name}")
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        expect(page.locator(FETCHING)).to_have_count(0)
        expect(page.locator("#tab-body")).not_to_be_empty()


def the_timeline_tells_who_made_it(use: Use) -> None:
    use.open_record("timeline")
    expect(use.page.locator(".kg-tl li:not(.day)").first).to_be_visible()
    expect(use.page.locator(".kg-tl")).to_contain_text(re.compile("新建|创建|写"))


def a_comment_is_written(use: Use) -> None:
    use.open_record("timeline")
    page = use.page
    folded = page.locator("details.kg-comment:not([open]) > summary")
    if folded.count():
        folded.click()
    form = page.locator("form.kg-comp[action*='comment']")
    form.locator("textarea").fill("请留意客户的交期。")
    form.locator("[data-submit]").click()
    expect(page.locator(".kg-tl .body", has_text="请留意客户的交期。").first).to_be_visible()


def a_file_is_kept_and_looked_at(use: Use) -> None:
    use.open_record("files")
    page, form = use.page, use.page.locator("#tab-body form[enctype]")
    if not form.count():  # its files stay as they are, and the block says so
        expect(page.locator("#tab-body section.card")).to_be_visible()
        return
    form.locator("[name=file]").set_input_files({"name": "现场.txt", "mimeType": "text/plain", "buffer": "压力 0.8 MPa".encode()})
    form.locator("button[type=submit]").click()
    expect(page.locator(".kg-files", has_text="现场.txt")).to_be_visible()


def the_history_names_its_beginning(use: Use) -> None:
    use.open_record("history")
    expect(use.page.locator("#tab-body")).to_contain_text(re.compile("新建|创建|初始"))


def its_form_is_printed(use: Use) -> None:
    use.open_record()
    page = use.page
    verbs = page.locator(".kg-verbs")
    summary = verbs.locator("summary", has_text="打印").first
    if not summary.is_visible():
        verbs.locator("> details.kg-menu > summary.kg-ib").click()
    summary.click()
    panel = summary.locator("xpath=..").locator("form.kg-panel")
    panel.locator("[name=reason]").fill("客户要一份盖章件")
    with page.expect_download() as given:
        panel.locator("button[type=submit]").click()
    assert given.value.suggested_filename.endswith(".pdf"), (use.noun.path, given.value.suggested_filename, given.value.url)


def an_export_is_asked_for(use: Use) -> None:
    use.open_list()
    page = use.page
    page.locator(".kg-titlebar a", has_text="导出").locator("visible=true").first.click()
    form = page.locator("dialog[open] form, main form").filter(has=page.locator("[name=reason]"))
    form.locator("[name=reason]").fill("季度复盘")
    form.locator("[data-submit], button[type=submit]").last.click()
    page.wait_for_url("**/exports/**")
    expect(page.locator("main")).to_contain_text("季度复盘")


def an_import_begins(use: Use) -> None:
    use.open_list()
    use.page.locator(".kg-titlebar a", has_text="导入").locator("visible=true").first.click()
    use.page.wait_for_url("**/imports/new/**")
    expect(use.page.locator("main [name=rows], main [name=file]").first).to_be_attached()


def rest_gives_the_same(use: Use) -> None:
    answer = use.window.context.request.get(use.window.house.url(f"/api/v1/{use.noun.path}/{use.record_id}"))
    assert answer.status == 200, (use.noun.path, answer.status, answer.text()[:200])


USES: Mapping[str, Callable[[Use], None]] = {
    "list": list_shows_it,
    "search box": search_finds_it,
    "quick filters": a_quick_filter_narrows,
    "conditions": conditions_are_put_together,
    "groups with sums": groups_add_up,
    "chart": a_chart_is_drawn,
    "board": a_board_shows_it,
    "choice of columns": columns_are_chosen,
    "saved views": a_view_is_saved_and_deleted,
    "star": a_star_is_set_and_taken_away,
    "place in the list": its_place_is_told,
    "new record": a_record_is_made,
    "form": the_form_is_saved,
    "change in place": a_field_is_changed_where_it_stands,
    "stage bar": its_way_is_shown,
    "verbs": every_verb_runs_or_says_why_not,
    "tabs": every_tab_opens,
    "timeline": the_timeline_tells_who_made_it,
    "comments": a_comment_is_written,
    "files": a_file_is_kept_and_looked_at,
    "history": the_history_names_its_beginning,
    "print": its_form_is_printed,
    "export": an_export_is_asked_for,
    "import": an_import_begins,
    "REST": rest_gives_the_same,
}
