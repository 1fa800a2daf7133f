"""Every page renders, in both languages, complete and fit for everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.web import pages as p
from tests.web.preview import make_app
from tests.web.samples import NOW, shell
from tests.web.samples_pages import SAMPLES

HAN = re.compile(r"[\u3400-\u9fff]")
ENGLISH_WORD = re.compile(r"[A-Za-z]{4,}")
ICONS = Path("core/web/static/icons.txt")
NAMES = re.compile("^中 · |公司|集团|启衡|某某|中文|专用|汽车|电线|纺织|生物|食品|船舶|阀门|精密|协议|二期")
SOURCES = (("script", "src"), ("link", "href"), ("use", "href"), ("img", "src"))
VOID = {"input", "meta", "link", "use", "path", "rect", "circle", "br"}
SAME_IN_BOTH = {"Ctrl", "Enter", "English", "zhouqihang", "site", "root", "east", "contracts", "example"}


class Reader(HTMLParser):
    """What a page says and of what it is made."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.labels: set[str] = set()
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        self.said += [found[name] or "" for name in ("aria-label", "title", "placeholder") if name in found]
        if tag == "label":
            self.labels.add(found.get("for") or "")
        if tag not in VOID:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.inside, f"</{tag}> closes nothing"
        assert self.inside.pop() == tag, f"</{tag}> does not close what was opened last"

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self.inside):
            self.said.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [found for name, found in self.tags if name == tag]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_app(tmp_path_factory.mktemp("compiled"))


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


@cache
def parsed(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    assert reader.inside == []
    return reader


def read(client: FlaskClient, name: str, language: str = "zh_CN") -> tuple[str, Reader]:
    answer = client.get(f"/p/{name}?lang={language}")
    assert answer.status_code == 200
    return answer.text, parsed(answer.text)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_page_is_complete_and_shows_no_none(client: FlaskClient, name: str, language: str) -> None:
    _, reader = read(client, name, language)
    assert len(reader.all("h1")) == 1
    assert reader.all("html")[0]["lang"] == ("zh-CN" if language == "zh_CN" else "en")
    assert not [text for text in reader.said if re.search(r"\bNone\b|\{\{|%\(", text)]
    ids = [found["id"] for _, found in reader.tags if "id" in found and "__n__" not in str(found)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_page_in_english_has_no_chinese_but_data(client: FlaskClient, name: str) -> None:
    _, reader = read(client, name, "en")
    chinese = [text for text in reader.said if HAN.search(text)]
    assert [text for text in chinese if not is_data(text)] == []


def is_data(text: str) -> bool:
    """Names of customers and companies, people's marks, and the switch to the other language."""
    return bool(NAMES.search(text)) or len(text.strip()) == 1


@pytest.mark.parametrize("name", SAMPLES)
def test_a_page_in_chinese_has_no_english_but_codes(client: FlaskClient, name: str) -> None:
    _, reader = read(client, name)
    words = {word for text in reader.said for word in ENGLISH_WORD.findall(text)}
    assert words <= SAME_IN_BOTH


@pytest.mark.parametrize("name", SAMPLES)
def test_every_control_has_a_name(client: FlaskClient, name: str) -> None:
    text, reader = read(client, name)
    wrapped = set(re.findall(r"<label[^>]*>(?:(?!</label>).)*?<input[^>]*? name=\"([^\"]+)\"", text, re.DOTALL))
    for tag in ("input", "select", "textarea"):
        for found in reader.all(tag):
            if found.get("type") == "hidden":
                continue
            assert found.get("aria-label") or found.get("id") in reader.labels or found.get("name") in wrapped, found


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(client: FlaskClient, name: str) -> None:
    text, reader = read(client, name)
    assert all(found.get("nonce") and found.get("src") for found in reader.all("script"))
    assert not [attribute for _, found in reader.tags for attribute in found if attribute.startswith("on")]
    sources = [found.get(key) or "" for tag, key in SOURCES for found in reader.all(tag)]
    assert all(source.startswith("/static/") for source in sources)
    styles = {found["style"] for _, found in reader.tags if "style" in found}
    assert all(re.fullmatch(r"--h:\d+", style or "") for style in styles)
    assert "javascript:" not in text


@pytest.mark.parametrize("name", SAMPLES)
def test_every_form_that_changes_something_carries_a_token(client: FlaskClient, name: str) -> None:
    text, _ = read(client, name)
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL):
        assert 'name="csrf_token"' in form


def test_every_icon_that_a_template_names_is_in_the_sprite(client: FlaskClient) -> None:
    names = set(ICONS.read_text().split())
    for sample in SAMPLES:
        text, _ = read(client, sample)
        assert set(re.findall(r"icons\.svg[^#\"]*#([a-z0-9-]+)", text)) <= names


@pytest.mark.parametrize(
    ("name", "target", "mark"),
    [
        ("list", "list", 'id="list"'),
        ("record", "tab-body", 'class="kg-tl"'),
        ("form", "drawer", "<dialog"),
        ("history", "drawer", "<dialog"),
        ("error-403", "drawer", "<dialog"),
        ("error-409", "list", "7F3K-20QD"),
    ],
)
def test_htmx_gets_the_part_that_it_asks_for(client: FlaskClient, name: str, target: str, mark: str) -> None:
    part = client.get(f"/p/{name}", headers={"HX-Request": "true", "HX-Target": target}).text
    assert mark in part
    assert "<html" not in part


def test_a_part_that_the_page_does_not_have_is_answered_with_the_page(client: FlaskClient) -> None:
    assert "<html" in client.get("/p/desk", headers={"HX-Request": "true", "HX-Target": "list"}).text


HOSTILE = "<img src=x onerror=alert(1)>\"'&"


def test_what_people_typed_is_shown_as_they_typed_it(app: Flask) -> None:
    field = p.FormField(HOSTILE, HOSTILE, value=HOSTILE, help=HOSTILE, error=HOSTILE)
    kinds = (p.FieldKind.CHOICE, p.FieldKind.REFERENCE)
    choice = (p.Option(HOSTILE, HOSTILE),)
    chosen = [replace(field, kind=kind, options=choice, search_href=HOSTILE, required=must) for kind in kinds for must in (False, True)]
    column = p.Column("a", HOSTILE, p.ColumnKind.NAME)
    listed = p.ListPage(title=HOSTILE, action="/", columns=(column,), rows=(p.Row(HOSTILE, "/", (HOSTILE,)),))
    form = p.FormPage(title=HOSTILE, action="/", groups=(p.FieldSet(HOSTILE, (field, *chosen)),), submit=HOSTILE, cancel_href="/")
    entry = p.Entry(NOW, HOSTILE, HOSTILE, body=HOSTILE, changes=((HOSTILE, HOSTILE, HOSTILE),))
    record = p.RecordPage(title=HOSTILE, facts=(HOSTILE,), body=(p.Timeline(entries=(entry,)),))
    with app.test_request_context("/"):
        for page in (listed, form, record):
            assert "<img" not in p.render(page, shell())


def test_a_heading_that_is_the_label_of_its_only_field_is_shown_once(app: Flask) -> None:
    question = p.FormField("need", "需求")
    groups = (p.FieldSet("需求", (question,)), p.FieldSet("需求", (question, question)), p.FieldSet("需求", (question,), folded=True))
    form = p.FormPage(title="新建", action="/", groups=groups, submit="保存", cancel_href="/")
    row = p.ValueRow("需求", "二期厂房")
    record = p.RecordPage(title="商机", body=tuple(p.FieldGroup(title="需求", rows=rows) for rows in ((row,), (row, row))))
    with app.test_request_context("/"):
        drawn, told = (p.render(page, shell()) for page in (form, record))
    assert re.findall(r"<legend[^>]*>", drawn) == ['<legend class="visually-hidden">', "<legend>"]
    assert re.findall(r'<details class="kg-fold([^"]*)"', drawn) == [" kg-once"]
    assert re.findall(r"<dt[^>]*>", told) == ['<dt class="visually-hidden">', "<dt>", "<dt>"]


def test_a_detail_of_the_desk_that_says_what_to_do_is_shown_whole(app: Flask) -> None:
    items = tuple(p.DeskItem("审批流程", "/", "第 1 步", whole=whole) for whole in (False, True))
    with app.test_request_context("/"):
        drawn = p.render(p.DeskPage(title="工作台", figures=(), cards=(p.DeskCard("需要处理", items),)), shell())
    assert re.findall(r'<span class="([^"]*)">第 1 步', drawn) == ["kg-s kg-3 kg-cut", "kg-s kg-3"]


def test_the_text_of_a_refused_form_is_kept(client: FlaskClient) -> None:
    text, _ = read(client, "form-refused")
    assert "刘工确认空压机方案按两用一备走。" in text
    assert 'value="12.345"' in text
    assert 'aria-invalid="true"' in text


def test_a_verb_that_cannot_run_now_says_why_and_has_no_form(client: FlaskClient) -> None:
    text, _ = read(client, "record")
    assert "还有 2 份未履行完的合同" in text
    assert 'action="/pool"' not in text


def test_deleting_asks_in_place_and_sends_the_version(client: FlaskClient) -> None:
    text, _ = read(client, "record")
    form = re.search(r'<form[^>]*action="/delete".*?</form>', text, re.DOTALL)
    assert form is not None
    assert 'name="version" value="7"' in form[0]
    assert form[0].index("不删除") < form[0].rindex("删除")


def test_the_sorted_column_says_so(client: FlaskClient) -> None:
    _, reader = read(client, "list")
    assert [found.get("aria-sort") for found in reader.all("th") if found.get("aria-sort")] == ["descending"]
