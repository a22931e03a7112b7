// Elements without a framework. Text always goes in as text: nothing from a message is ever parsed as HTML.

/**
 * An element: `h("button", {class: "primary", onclick: press, "aria-label": "Send"}, "Send")`.
 * Keys that begin with "on" become listeners; null, undefined and false are left out.
 * @param {string} tag
 * @param {Object<string, any>} props
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "value") element.value = value;
    else if (key === "testid") element.dataset.testid = value;
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const PATHS = {
  send: "M3 11.5 21 3l-5 18-4.5-7.5zM11.5 13.5 21 3",
  plus: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6L6 18",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  dots: "M6 12h.01M12 12h.01M18 12h.01",
  check: "M5 12.5l4.5 4.5L19 7.5",
  down: "M6 9l6 6 6-6",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 100 6 3 3 0 000-6",
  hash: "M9 4 7 20M17 4l-2 16M4 9h17M3 15h17",
  menu: "M4 7h16M4 12h16M4 17h16",
  thread: "M4 5h16v10H10l-4 4v-4H4zM8 9h8M8 12h5",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01",
  external: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  forward: "M15 6l5 5-5 5M20 11H10a6 6 0 00-6 6v2",
  reply: "M9 6 4 11l5 5M4 11h10a6 6 0 016 6v2",
};

/**
 * A line icon; decorative, so hidden from screen readers.
 * @param {keyof typeof PATHS} name
 * @param {number} size in pixels
 */
export function icon(name, size = 18) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const attributes = { viewBox: "0 0 24 24", width: size, height: size, fill: "none", stroke: "currentColor", "stroke-width": 2 };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  svg.setAttribute("stroke-linecap", "round");
  svg.setAttribute("stroke-linejoin", "round");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** Replace an element's children. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter(Boolean));
  return element;
}

/** Whether Enter ends a conversion (Japanese, Chinese, Korean input) and means nothing else. */
export function converting(event) {
  return event.isComposing || event.keyCode === 229;
}

/** An address that may be opened: what a message says goes nowhere but to the web. */
export function safeUrl(url) {
  return /^https?:\/\//i.test(url ?? "") || /^\/(?!\/)/.test(url ?? "") ? url : null;
}

let lastId = 0;

/** An id for an element that another one refers to. */
export function freshId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

/** Keep Tab within an open dialog. */
export function trapFocus(dialog, event) {
  if (event.key !== "Tab") return;
  const stops = [...dialog.querySelectorAll("button, input, textarea, [tabindex='0'], a[href]")].filter(
    (one) => !one.disabled && one.offsetParent !== null,
  );
  if (!stops.length) return;
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (document.activeElement === edge) {
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0]).focus();
  }
}
