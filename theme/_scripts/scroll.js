// What scrolls sideways (code, tables, formulas on a phone) can be reached and scrolled with the keyboard; a table says so.
(() => {
  const words = JSON.parse(document.body.dataset.words);
  const hints = new Map();

  const hint = (box, needed) => {
    if (!box.matches(".table-scroll") || needed === hints.has(box)) return;
    if (!needed) {
      hints.get(box).remove();
      hints.delete(box);
      return;
    }
    const line = document.createElement("p");
    line.className = "scroll-hint";
    line.setAttribute("aria-hidden", "true"); // the box's own label says it
    line.textContent = words.scroll;
    hints.set(box, line);
    box.after(line);
  };

  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const needed = target.scrollWidth > target.clientWidth;
      if (needed) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
      hint(target, needed);
    }
  });
  document.querySelectorAll("pre, .table-scroll, .katex-display").forEach((box) => observer.observe(box));
})();
