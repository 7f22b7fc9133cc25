// What the players share of the page: its words, its elements, the reader's wish for less motion.
export const words = JSON.parse(document.body.dataset.words);
export const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

// make("p", { class: "note", onclick: f }, "text", child, …)
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

// "frame {} of {}" with its blanks filled.
export function fill(text, ...values) {
  return text.replaceAll("{}", () => values.shift());
}

// Build a player for every element with `attribute` from the JSON it names; where that fails the figure inside stays.
export function players(attribute, build) {
  for (const root of document.querySelectorAll(`[${attribute}]`)) {
    const address = new URL(root.getAttribute(attribute), location.href);
    fetch(address)
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.statusText))))
      .then((data) => build(root, data, address))
      .catch(() => root.classList.add("failed"));
  }
}
