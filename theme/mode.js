// Light or dark: the system's choice until the reader makes his own. Runs before the first paint, so nothing flashes.
(() => {
  const root = document.documentElement;
  root.classList.add("scripted"); // style sheets keep room for what scripts will put there
  const system = matchMedia("(prefers-color-scheme: dark)");
  const remembered = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage may be forbidden
    }
  };
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const choose = (theme) => {
    const own = theme !== (system.matches ? "dark" : "light");
    if (own) root.dataset.theme = theme;
    else delete root.dataset.theme; // back to following the system
    try {
      if (own) localStorage.setItem("theme", theme);
      else localStorage.removeItem("theme");
    } catch {}
  };

  const theme = remembered();
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("button.mode");
    const show = () => button.setAttribute("aria-pressed", dark());
    button.hidden = false;
    button.addEventListener("click", () => {
      choose(dark() ? "light" : "dark");
      show();
    });
    system.addEventListener("change", show);
    show();
  });
})();
