// What scrolls sideways (code, tables, formulas on a phone) can be reached and scrolled with the keyboard.
(() => {
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  document.querySelectorAll("pre, .table-scroll, .katex-display").forEach((box) => observer.observe(box));
})();
