// Only loaded where the site was built without Node: KaTeX sets the formulas here.
document.addEventListener("DOMContentLoaded", () =>
  renderMathInElement(document.body, {
    delimiters: [
      { left: "\\[", right: "\\]", display: true },
      { left: "\\(", right: "\\)", display: false },
    ],
    strict: false,
    throwOnError: false,
  }),
);
