"""What must hold of every page in a browser, whatever stands on it."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from playwright.sync_api import Page
from sqlalchemy import Column, MetaData, inspect, select
from sqlalchemy.orm import Session

from core.database.records import Model
from core.database.types import Chosen
from tests.browser.house import House

HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿]")
LATIN = re.compile(r"[A-Za-z][A-Za-z'’-]+")
NUMBER = re.compile(r"(?<!\w)(?:[0-9a-f]{8}|R-\d{3})(?!\w)")  # of an error page; of a row of the regulation
NOTHING = re.compile(r"(?<![\w/.-])(None|null|undefined|NaN|\[object Object\])(?![\w/.-])")
# Codes, file endings, key names and names of formats: the only Latin words of a Chinese page that are not data.
ALLOWED_LATIN = {
    "Ctrl",
    "Enter",
    "Esc",
    "EN",
    "English",
    "ERP",
    "CSV",
    "ZIP",
    "XLSX",
    "TOML",
    "JSON",
    "REST",
    "API",
    "SQL",
    "PDF",
    "KB",
    "MB",
    "UTF-8",
    "QQ",
    "txt",
}
CAPITALS = re.compile(r"[负零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整]{3,}")  # an amount as an invoice writes it, in any language
ADDRESS = re.compile(r"(?<!\S)(?:(?:GET|POST) )?/[\w./<:>-]+")  # of a page that was refused, with names for its parts
IMPORTED = "客户编号,客户名称,上市日期\nI-1,启明轴承有限公司,2001-02-03\nI-2,望江电机有限公司,2001-02-31\n"  # pasted by the tour
MAILED = {
    "From": "王敏 <wang.min@buyer.example>",
    "To": "陆东升 <lu@qiheng.example>, su@qiheng.example",
    "Cc": "采购部 <purchase@buyer.example>",
    "Subject": "回复：二期厂房空压站报价",
    "file": "二期用气清单.pdf",
    "words": "陆经理：\n\n附件是二期厂房的用气清单，请按两台 75 kW 变频螺杆机重新报价，含干燥机与储气罐。\n另外请说明：\n\n"
    "1. 交货期能否提前到 12 月中旬？\n2. 质保期内的保养由谁承担？\n\n王敏\n设备部",
}
"""A mail that the tour files with a customer."""
SOUGHT = "机械"  # in the customer directory, by the tour
TYPED = {"gs", "zzzz", SOUGHT}  # into searches, by the tour
ALLOWED_HAN = {"中", "中文", "中 · Switch language"}  # the button that leads to the Chinese page

READ = r"""() => {
  const seen = (one) => one.checkVisibility({ checkVisibilityCSS: true, checkOpacity: false });
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const holder = node.parentElement;
    if (node.data.trim() && !holder.closest("script, style, template, .kg-av, .kg-mark, .kg-data") && seen(holder)) texts.push(node.data);
  }
  for (const one of document.querySelectorAll("[placeholder], [aria-label], [title], [alt], textarea, input")) {
    if (one.closest("template, .ts-hidden-accessible") || !seen(one)) continue;
    for (const name of ["placeholder", "aria-label", "title", "alt"]) if (one.getAttribute(name)) texts.push(one.getAttribute(name));
    if (one.matches("textarea, input:not([type=hidden], [type=checkbox], [type=radio])") && one.value) texts.push(one.value);
  }
  const nameless = [...document.querySelectorAll("input:not([type=hidden]), select, textarea, button, a[href], summary")].filter((one) => {
    if (!seen(one) || one.closest("template, [aria-hidden=true]")) return false;
    const labels = [...(one.labels || [])].some((label) => label.textContent.trim());
    const named = one.getAttribute("aria-label") || one.getAttribute("aria-labelledby") || one.title || labels;
    return one.matches("input, select, textarea") ? !named : !named && !one.textContent.trim() && !one.querySelector("[alt], [aria-label]");
  });
  const wide = document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")].filter((one) =>
    seen(one) && one.getBoundingClientRect().right > innerWidth + 1 && !one.closest(".kg-scroll, .kg-list-wrap, .kg-tabs")).slice(0, 3);
  const blank = [...document.querySelectorAll("svg > use")].filter((one) => seen(one.parentElement) && !one.getBBox().width);
  const told = (one) => `<${one.tagName.toLowerCase()} class="${one.className}" name="${one.getAttribute("name") || ""}">`;
  return {
    texts, title: document.title, language: document.documentElement.lang,
    headings: [...document.querySelectorAll("h1")].filter(seen).length, nameless: nameless.map(told),
    blank: blank.map((one) => one.getAttribute("href").split("#").at(-1)),
    wide: document.documentElement.scrollWidth > innerWidth ? wide.map(told).concat([`${document.documentElement.scrollWidth} px`]) : [],
  };
}"""

# A glyph that the fonts lack is drawn as the same box as a character that nobody has defined.
TOFU = r"""(characters) => {
  const canvas = new OffscreenCanvas(40, 40), pen = canvas.getContext("2d", { willReadFrequently: true });
  const drawn = (one) => {
    pen.clearRect(0, 0, 40, 40);
    pen.font = `24px ${getComputedStyle(document.body).fontFamily}`;
    pen.fillText(one, 4, 30);
    return pen.getImageData(0, 0, 40, 40).data.join();
  };
  const box = drawn("\u{3FFFD}");
  return [...characters].filter((one) => drawn(one) === box);
}"""


# Text that its own box cuts off without saying so by dots, and texts that stand on each other, both as far as they are seen.
CROWDED = r"""() => {
  const seen = (one) => one.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });
  const told = (one) => `<${one.tagName.toLowerCase()} class="${one.className}"> ${one.textContent.trim().slice(0, 30)}`;
  const cutting = (style) => style.overflowX !== "visible" || style.overflowY !== "visible";
  const left = (node, rect) => {  // what the boxes around it leave of a rectangle
    let [x, y] = [Math.max(rect.left, 0), Math.max(rect.top, 0)];
    let [right, bottom] = [Math.min(rect.right, innerWidth), Math.min(rect.bottom, innerHeight)];
    for (let one = node.parentElement; one; one = one.parentElement) {
      const style = getComputedStyle(one);
      if (style.clipPath !== "none") return null;
      if (!cutting(style)) continue;
      const box = one.getBoundingClientRect();
      [x, y, right, bottom] = [Math.max(x, box.left), Math.max(y, box.top), Math.min(right, box.right), Math.min(bottom, box.bottom)];
    }
    return right - x > 2 && bottom - y > 2 ? { x, y, right, bottom } : null;
  };
  const cut = [], boxes = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const holder = node.parentElement;
    if (!node.data.trim() || !seen(holder) || holder.closest("script, style, template, select, textarea")) continue;
    const style = getComputedStyle(holder), hides = ["hidden", "clip"].includes(style.overflowX);
    const silent = style.textOverflow !== "ellipsis" && style.webkitLineClamp === "none" && style.clipPath === "none";
    if (hides && silent && holder.clientWidth > 1 && holder.scrollWidth > holder.clientWidth + 1) cut.push(told(holder));
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      const box = left(node, rect);
      const top = box && document.elementFromPoint((box.x + box.right) / 2, (box.y + box.bottom) / 2);
      if (top && (top.contains(holder) || holder.contains(top))) boxes.push([holder, box]);
    }
  }
  const covered = (one, other, p, q) => {  // whether something opaque, such as an open menu, lies between them
    const stack = document.elementsFromPoint((Math.max(p.x, q.x) + Math.min(p.right, q.right)) / 2,
      (Math.max(p.y, q.y) + Math.min(p.bottom, q.bottom)) / 2);
    const places = [stack.indexOf(one), stack.indexOf(other)];
    const between = stack.slice(0, places.includes(-1) ? stack.length : Math.max(...places));
    return between.some((part) => !(part.contains(one) && part.contains(other)) && /^rgb\(/.test(getComputedStyle(part).backgroundColor));
  };
  const over = [];
  for (const [place, [one, p]] of boxes.entries()) for (const [other, q] of boxes.slice(place + 1)) {
    const width = Math.min(p.right, q.right) - Math.max(p.x, q.x), height = Math.min(p.bottom, q.bottom) - Math.max(p.y, q.y);
    if (one !== other && width > 3 && height > 5 && !covered(one, other, p, q)) over.push(`${told(one)} and ${told(other)}`);
  }
  return { cut, over };
}"""


@dataclass
class Stored:
    """Everything that people and the demonstration have written into the database: data, in whatever language."""

    house: House

    @cached_property
    def values(self) -> list[str]:
        """All stored texts, the longest first."""
        metadata: MetaData = Model.metadata
        mailed = (line for one in MAILED.values() for line in re.split(r"[\n<>,]+ ?", one))
        found: set[str] = {*re.split(r"[,\n]", IMPORTED.strip()), *filter(None, map(str.strip, mailed)), "s****@qiheng.example"}
        engine = self.house.keguan.database.engine
        present = set(inspect(engine).get_table_names())  # other tests of this process may have declared tables of their own
        with Session(engine) as session:
            for table in (one for one in metadata.sorted_tables if one.name in present):
                columns = [column for column in table.columns if _written_by_people(column)]
                for row in session.execute(select(*columns)) if columns else ():
                    found |= {text for value in row for text in _texts(value)}
        return sorted(found, key=len, reverse=True)

    def without(self, text: str) -> str:
        """``text`` with every stored value taken out."""
        left = " ".join(text.split())
        for value in self.values:
            if value in left:
                left = left.replace(value, " ")
        return left

    def forget(self) -> None:
        """Read the database again at the next question."""
        self.__dict__.pop("values", None)


def _written_by_people(column: Column[Any]) -> bool:
    """Texts, but not what a choice is stored as, nor the codes and reasons of the trail: those must be told in words."""
    told = isinstance(column.type, Chosen) or (column.table.name == "core_audit_row" and column.name in ("action", "who"))
    return not told and getattr(column.type, "python_type", None) in (str, dict, list)


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        if value[:1] in "[{":
            with contextlib.suppress(json.JSONDecodeError):  # a text that only looks like JSON
                yield from _texts(json.loads(value))
        text = " ".join(value.split())
        if HAN.search(text) or LATIN.search(text):
            yield text
            yield from (line for line in value.splitlines() if HAN.search(line))


def problems(page: Page, stored: Stored, language: str, known: set[str]) -> list[str]:
    """Sentences on what is wrong with the page as it is now; ``known`` are characters that are known to be drawn."""
    read = page.evaluate(READ)
    found = [f"{read['headings']} headings of the first rank"] if read["headings"] != 1 else []
    found += [f"no name: {one}" for one in read["nameless"]]
    found += [f"an icon that is not in the sprite: {one}" for one in read["blank"]]
    found += [f"wider than its window: {' '.join(read['wide'])}"] if read["wide"] else []
    found += [f"shows {word.group(1)}: {text.strip()!r}" for text in read["texts"] if (word := NOTHING.search(text))]
    wanted = "zh-CN" if language == "zh_CN" else "en"
    found += [f"says its language is {read['language']}"] if read["language"] != wanted else []
    foreign = _latin if language == "zh_CN" else _han
    found += [
        f"in the other language: {text!r}"
        for text in dict.fromkeys(map(str.strip, [*read["texts"], read["title"]]))
        if foreign(text, stored)
    ]
    fresh = {one for text in read["texts"] for one in text if ord(one) > 126 and not one.isspace()} - known
    missing = page.evaluate(TOFU, "".join(sorted(fresh))) if fresh else []
    known |= fresh - set(missing)
    return found + [f"no glyph for {one!r}" for one in missing]


def crowding(page: Page) -> list[str]:
    """Sentences on text that is cut off and on texts that stand on each other."""
    found = page.evaluate(CROWDED)
    return [f"cut off: {one}" for one in found["cut"]] + [f"on each other: {one}" for one in found["over"]]


def _han(text: str, stored: Stored) -> bool:
    return bool(HAN.search(text)) and text not in ALLOWED_HAN | TYPED and bool(HAN.search(CAPITALS.sub("", stored.without(text))))


def _latin(text: str, stored: Stored) -> bool:
    def words(said: str) -> set[str]:
        return set(LATIN.findall(NUMBER.sub("", ADDRESS.sub("", said)))) - ALLOWED_LATIN - TYPED

    return bool(words(text)) and bool(words(stored.without(text)))
