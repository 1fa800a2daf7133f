"""Counts what a hand really does on a page.

An **action** is one press of the pointer, wherever it lands, also into a field; one key or chord that commands (Enter, Escape, Ctrl with a
letter), but not Tab, which leads from field to field while one types and takes what a list has found; and one choice of a file in the
dialog of the system, beside the press that opens it. What is typed is no action; each **field** into which something is typed is counted in
a column of its own.
All of them are told by the browser as events that only a real hand causes (`isTrusted`); the choice of a file happens outside of the page.
"""

from __future__ import annotations

from playwright.sync_api import Page

COUNTING = """(() => {
  const add = (name) => { sessionStorage[name] = Number(sessionStorage[name] || 0) + 1; };
  let typed = null;
  addEventListener("pointerdown", (event) => { if (event.isTrusted) add("actions"); }, true);
  addEventListener("keydown", (event) => {
    const commands = event.ctrlKey || event.metaKey || ["Enter", "Escape", "F2"].includes(event.key);
    if (event.isTrusted && commands && !["Control", "Meta"].includes(event.key)) add("actions");
  }, true);
  addEventListener("input", (event) => {
    if (!event.isTrusted || !event.inputType || event.target === typed) return;
    typed = event.target;
    add("fields");
  }, true);
  addEventListener("change", (event) => { if (event.target.type === "file") add("actions"); }, true);
})()"""


def begin_to_count(page: Page) -> None:
    """Count on every page that this tab opens from now on."""
    page.add_init_script(COUNTING)


def counted(page: Page) -> tuple[int, int]:
    """Actions and fields since the last call; the count then begins anew."""
    told = page.evaluate("[Number(sessionStorage.actions || 0), Number(sessionStorage.fields || 0)]")
    page.evaluate("delete sessionStorage.actions; delete sessionStorage.fields")
    return int(told[0]), int(told[1])
