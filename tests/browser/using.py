"""What hands do with records of any kind: each feature that a declaration offers, used once on a page of Chromium in Chinese.

Each of :data:`USES` is called by the feature's name in :data:`core.web.features.FEATURES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from playwright.sync_api import expect

from core.access.reasons import key_fields
from core.kernel.acting import acting_as
from core.web.changing import fields_in_place
from tests.browser import using_lists as lists
from tests.browser import using_many as many
from tests.browser.hands import started
from tests.browser.saving import fill, typed
from tests.browser.use import Use

FETCHING = ".htmx-request"


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


def a_tag_is_put_on_and_asked_for(use: Use) -> None:
    use.open_record()
    asked = use.page.locator(f"form[action$='/{use.noun.path}/{use.record_id}/tag']")
    form = use.page.locator("#record-head").locator(asked)
    opened = use.page.locator("#record-head details.kg-menu").filter(has=asked)
    expect(opened.first).to_be_attached()
    for place in range(opened.count()):  # the verb, and the menu that it stands in
        opened.nth(place).locator("> summary").click()
    form.locator("[name=tag]").fill("季度重点")
    form.locator("[type=submit]").click()
    expect(use.page.locator("#record-head")).to_contain_text("季度重点")
    use.open_list("tag=季度重点")
    expect(use.page.locator(f"#list a[href$='/{use.noun.path}/{use.record_id}']").first).to_be_visible()


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
    use.open_record()
    page = use.page
    edit = page.locator(".kg-verbs a[href$='/edit']").first
    if not edit.count():  # its state closes it, and the page says why
        expect(page.locator(".kg-verbs summary.kg-off", has_text="修改")).to_have_attribute("title", re.compile(r"\S{4,}"))
        return
    if not edit.is_visible():
        page.locator(".kg-verbs > details.kg-menu > summary.kg-ib").click()
    edit.click()
    form = page.locator("dialog[open] form")
    started(form)
    with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        form.locator("[data-submit]").click()
    assert sent.value.status < 400, (use.noun.path, sent.value.status)
    expect(form).to_have_count(0)  # the record has come again: on the page below the drawer its head has stood all the while
    expect(page.locator("#record-head")).to_be_visible()


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
    "list": lists.list_shows_it,
    "search box": lists.search_finds_it,
    "sort": lists.it_is_put_in_order,
    "quick filters": lists.a_quick_filter_narrows,
    "conditions": lists.conditions_are_put_together,
    "groups with sums": lists.groups_add_up,
    "chart": lists.a_chart_is_drawn,
    "board": lists.a_board_shows_it,
    "cards": lists.cards_show_it,
    "calendar": lists.its_days_are_shown,
    "choice of columns": lists.columns_are_chosen,
    "saved views": lists.a_view_is_saved_and_deleted,
    "star": a_star_is_set_and_taken_away,
    "tags": a_tag_is_put_on_and_asked_for,
    "place in the list": its_place_is_told,
    "new record": a_record_is_made,
    "form": the_form_is_saved,
    "change in place": a_field_is_changed_where_it_stands,
    "change in the list": many.a_cell_is_changed,
    "many at once": many.picked_rows_are_changed_and_taken_back,
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
