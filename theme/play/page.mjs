// What the players share of the page: its words, its elements, the reader's wish for less motion.
export const words = JSON.parse(document.body.dataset.words);
export const zh = document.documentElement.lang.startsWith("zh");
export const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

// make("p", { class: "remark", onclick: f }, "text", child, …)
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

// A list to choose from: options are [value, text].
export function choice(label, options, chosen, onchange) {
  const list = make("select", { "aria-label": label, onchange: () => onchange(list.value) });
  list.append(...options.map(([value, text]) => make("option", { value, selected: value === chosen }, text)));
  return list;
}

// "frame {} of {}" with its blanks filled.
export function fill(text, ...values) {
  return text.replaceAll("{}", () => values.shift());
}
