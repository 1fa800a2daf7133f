// Tabs of a record: arrow keys move between them, the chosen one is marked when its content has come.
document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.('[role="tab"]');
  if (!tab) return;
  const tabs = [...tab.parentElement.querySelectorAll('[role="tab"]')];
  const at = tabs.indexOf(tab);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  tabs[(to + tabs.length) % tabs.length].focus();
});

document.addEventListener("htmx:afterSwap", (event) => {
  const tab = event.detail.requestConfig?.elt;
  if (!tab?.matches?.('[role="tab"]')) return;
  for (const one of tab.parentElement.querySelectorAll('[role="tab"]')) {
    const chosen = one === tab;
    one.setAttribute("aria-selected", String(chosen));
    one.toggleAttribute("tabindex", !chosen);
    if (!chosen) one.setAttribute("tabindex", "-1");
  }
  event.detail.target.setAttribute("aria-labelledby", tab.id);
});
