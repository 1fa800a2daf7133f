"""Every page there is in the narrowest window: what is not whole there says that it goes on, and no verb is out of reach."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.choosing import chosen
from tests.browser.conftest import OpenWindow
from tests.browser.fitting import NARROW, misfits
from tests.browser.house import House
from tests.browser.shots import FETCHING, parts_of
from tests.browser.windows import PHONE, TABLET, Window
from tests.sizes import WHOLE

FEWEST = 120 if WHOLE else 6  # pages that must have been seen, so that a walk which is refused everywhere is noticed


@pytest.mark.requirement("R-464")
@pytest.mark.requirement("R-484")
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_page_fits_the_narrowest_phone(open_window: OpenWindow, house: House, language: str) -> None:
    house.speak(language)
    seen: set[str] = set()
    faults: list[str] = []
    every = [stop for stop in chosen(house, 1) if not stop.wide_only]
    for account in dict.fromkeys(stop.account for stop in every):
        window = open_window(account, size=NARROW, language=language)
        for stop in (stop for stop in every if stop.account == account and stop.name not in seen):
            if stop.arrive(window) == 0:
                continue
            seen.add(stop.name)
            for part in parts_of(window, stop):
                window.page.wait_for_load_state("load")
                expect(window.page.locator(FETCHING)).to_have_count(0)
                faults += [f"{stop.name}{part}: {one}" for one in misfits(window.page)]
        faults += [f"as {account or 'nobody'}: {one}" for one in window.complaints]
        window.context.close()
    assert "\n".join(faults) == ""
    assert len(seen) >= FEWEST, sorted(seen)


def test_the_walk_sees_what_does_not_fit(open_window: OpenWindow) -> None:
    window = open_window("sales.east1", size=NARROW)
    window.open("/account/me")  # nothing comes later that would move what stands there
    window.page.evaluate("""() => { document.querySelector("main").insertAdjacentHTML("beforeend", `
      <select name="short" class="short" aria-label="x"><option>A choice that is much longer than its box</option></select>
      <div class="wide">1</div><div class="goes"><div class="inner">2</div></div><div class="bar"><div class="inner">3</div></div>
      <div class="cutting"><span>A sentence that its box cuts off without dots</span></div>
      <button class="btn small">A verb that is wider than its box</button>
      <div class="pile"><button class="one">4</button><button class="two">5</button></div>`);
      const dress = (name, style) => Object.assign(document.querySelector(`main .${name}`).style, style);
      dress("short", { width: "60px", textOverflow: "clip" });
      dress("wide", { width: "500px" });
      dress("goes", { overflowX: "auto" });
      dress("bar", { overflowX: "auto", position: "fixed", bottom: "200px", width: "200px" });
      for (const one of document.querySelectorAll("main .inner")) one.style.width = "700px";
      dress("cutting", { width: "80px", overflow: "hidden", whiteSpace: "nowrap" });
      dress("small", { width: "60px", overflow: "visible" });
      dress("one", { position: "relative", left: "20px", width: "60px" });
      dress("two", { width: "60px" });
      document.querySelector("main .pile").scrollIntoView({ block: "center" }); }""")  # what lies on what is seen in the window alone
    found = "\n".join(misfits(window.page))
    for fault in (
        "a choice cut without dots: A choice that is much longer",
        "beyond the window by",
        'goes on without a sign: <div class="goes">',
        'a bar that must be scrolled to its verbs: <div class="bar">',
        "cut without dots: <span",
        'does not fit its box: <button class="btn small">',
        'on each other: <button class="one"> 4 and <button class="two"> 5',
    ):
        assert fault in found, found


@pytest.mark.requirement("R-484")
def test_a_phone_has_the_verbs_of_a_record_in_its_bar_or_in_the_menu_behind_it(open_window: OpenWindow, house: House) -> None:
    house.speak("en")
    window = open_window("sales.east1", size=NARROW, language="en")
    assert window.open("/contracts/") == 200
    window.open(str(window.page.locator("tbody a.name").first.get_attribute("href")).partition("/c/qiheng")[2])
    bar = window.page.locator(".kg-verbs")
    assert bar.evaluate("one => one.scrollWidth <= one.clientWidth")
    expect(bar.locator("> .btn-primary, > details > summary.btn-primary")).to_be_in_viewport(ratio=1)
    moved = bar.locator("[data-none], .kg-items > :is(a, form, details)")
    assert moved.count() > 0
    window.page.set_viewport_size({"width": 1440, "height": 900})
    expect(bar.locator("> :is(.btn, form, .kg-menu:not(:last-child)) >> visible=true")).not_to_have_count(0)
    assert bar.evaluate("one => !one.matches('.fitted')")


@pytest.mark.requirement("R-464")
def test_every_column_of_a_line_is_on_a_phone(open_window: OpenWindow, house: House) -> None:
    house.speak("en")
    window = open_window("sales.east1", size=PHONE, language="en")
    window.open("/orders/")
    window.open(str(window.page.locator("tbody a.name").first.get_attribute("href")).partition("/c/qiheng")[2])
    lines = window.page.locator(".kg-stacked").first
    heads = lines.locator("thead th").all_inner_texts()
    assert "Share of list price (%)" in heads
    first = lines.locator("tbody tr").first.locator("td")
    assert first.count() == len(heads)
    for cell in first.all():
        expect(cell).to_be_visible()
    labels = first.evaluate_all("all => all.map((one) => one.dataset.label)")
    assert labels == heads


def _open_first_customer(window: Window) -> None:
    window.open("/customers/")
    window.open(str(window.page.locator("tbody a.name").first.get_attribute("href")).partition("/c/qiheng")[2])


@pytest.mark.requirement("R-484")
def test_what_a_record_is_stands_before_what_has_happened_to_it_on_a_tablet(open_window: OpenWindow) -> None:
    window = open_window("sales.east1", size=TABLET)
    _open_first_customer(window)
    facts, timeline = window.page.locator(".kg-split > aside > :first-child"), window.page.locator("#tab-body")
    assert facts.bounding_box()["y"] < timeline.bounding_box()["y"]  # type: ignore[index]
    window.page.locator("[role=tab]").nth(1).click()
    expect(window.page.locator("[role=tab]").nth(1)).to_have_attribute("aria-selected", "true")
    assert facts.bounding_box()["y"] > timeline.bounding_box()["y"]  # type: ignore[index]


@pytest.mark.requirement("R-484")
def test_on_a_phone_the_open_tab_comes_first_and_the_fields_stand_in_its_place_when_asked_for(open_window: OpenWindow) -> None:
    window = open_window("sales.east1", size=PHONE)
    _open_first_customer(window)
    facts, timeline = window.page.locator(".kg-split > aside"), window.page.locator("#tab-body")
    asked = window.page.locator(".kg-askfields")
    expect(timeline).to_be_visible()
    expect(facts).to_be_hidden()
    window.page.locator("[role=tab]").nth(1).click()
    expect(window.page.locator("[role=tab]").nth(1)).to_have_attribute("aria-selected", "true")
    expect(facts).to_be_hidden()
    asked.click()
    expect(facts).to_be_visible()
    expect(timeline).to_be_hidden()
    asked.click()
    expect(timeline).to_be_visible()


@pytest.mark.requirement("R-484")
def test_a_page_that_refuses_leads_back_and_home(open_window: OpenWindow) -> None:
    window = open_window("sales.east1", size=PHONE)
    window.open("/customers/?q=x")
    window.page.evaluate("""() => { const one = document.createElement("a"); one.href = "/c/qiheng/roles/"; one.id = "forbidden";
      one.textContent = "x"; document.querySelector("main").prepend(one); }""")
    window.page.locator("#forbidden").click()
    ways = window.page.locator("[data-trouble] .btn")
    expect(ways).to_have_count(3)
    assert str(ways.nth(2).get_attribute("href")).endswith("/access-applications/"), "and to where a right is applied for"
    assert str(ways.nth(1).get_attribute("href")).rstrip("/").endswith("/c/qiheng")
    ways.first.click()
    window.page.wait_for_url("**/customers/?q=x")
    assert window.open("/customers/999999") == 404
    assert str(ways.first.get_attribute("href")).endswith("/customers/"), "an address that was typed leads to the list above it"
    window.complaints.clear()
