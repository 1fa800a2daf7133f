// Runs before the page is painted: the theme of the cookie, else what the device prefers, so that nothing flashes.
{
  const root = document.documentElement;
  if (root.hasAttribute("data-theme-auto")) {
    const saved = document.cookie.match(/(?:^|; )kg_theme=(light|dark)/);
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.bsTheme = saved ? saved[1] : dark ? "dark" : "light";
  }
  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
        root.dataset.bsTheme = theme;
        document.cookie = `kg_theme=${theme}; path=/; max-age=31536000; samesite=lax`;
      });
    }
  });
}
