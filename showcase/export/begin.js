// What the players and the live sampler expect of a page; then they start by themselves, when in view. The export writes
// their words here, by language.
const WORDS = {};
const { lang } = document.querySelector("script[data-lang]").dataset;
const root = document.documentElement;
root.lang = lang;
root.classList.add("scripted");
document.body.dataset.words = JSON.stringify(WORDS[lang.slice(0, 2)]);
import("./start.min.js").catch(() => root.classList.remove("scripted"));
