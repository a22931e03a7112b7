// The list of commands that opens over the composer at a "/".

import { commandList } from "./command-form.js";
import { fill, freshId, h } from "./dom.js";
import { localised, word } from "./i18n.js";

/**
 * The list for what is typed in `input`.
 * @param {HTMLTextAreaElement} input
 * @param {(command: import("./command-form.js").Invocable) => void} onchoose
 */
export function commandPicker(input, onchoose) {
  const id = freshId("commands");
  let found = null; // null while it is closed
  let at = 0;
  let typed = "";
  const element = h("div", { class: "command-list", id, role: "listbox", hidden: true, testid: "command-list" });
  input.setAttribute("aria-controls", id);

  function draw() {
    if (input.value !== typed) at = 0;
    typed = input.value;
    found = matching(typed);
    element.hidden = !found;
    element.setAttribute("aria-label", word("commands"));
    if (!found) return input.removeAttribute("aria-activedescendant");
    at = Math.min(at, Math.max(0, found.length - 1));
    const items = found.map((one, index) => item(one, index));
    fill(element, items.length ? items : h("div", { class: "menu-empty" }, word("no_match")));
    mark();
  }

  function item(command, index) {
    // The way down keeps the focus in the text; the way up chooses.
    const props = { class: "option", role: "option", id: `${id}-${index}`, "data-command": command.plain, onpointerdown: (event) => event.preventDefault(), onclick: () => onchoose(command) };
    const options = command.options.map((one) => h("span", { class: one.required ? "option-name required" : "option-name" }, localised(one, "name")));
    return h("div", props, h("div", { class: "command-head" }, h("strong", {}, `/${command.label}`), options), h("small", {}, command.description));
  }

  function mark() {
    [...element.children].forEach((one, index) => one.setAttribute("aria-selected", String(index === at)));
    element.children[at]?.scrollIntoView({ block: "nearest" });
    if (found.length) input.setAttribute("aria-activedescendant", `${id}-${at}`);
  }

  /** Take the marked command; false where there is none. */
  function choose() {
    if (!found?.length) return false;
    onchoose(found[at]);
    return true;
  }

  function close() {
    found = null;
    element.hidden = true;
    input.removeAttribute("aria-activedescendant");
  }

  /** Whether the list has used the key. */
  function key(event) {
    if (!found) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) {
      at = (at + step + found.length) % found.length;
      mark();
    } else if (event.key === "Escape") {
      input.value = "";
      close();
    } else if (event.shiftKey || !["Enter", "Tab"].includes(event.key) || !choose()) return false;
    event.preventDefault();
    return true;
  }

  return { element, draw, choose, close, key, isOpen: () => Boolean(found) };
}

/** The commands that a text may mean, those that begin with it first; null where it is no command. */
function matching(text) {
  const typed = /^\/([^\n]*)$/.exec(text)?.[1];
  if (typed === undefined) return null;
  const wanted = typed.trim().toLowerCase();
  const names = (one) => [one.label.toLowerCase(), one.plain];
  const begins = (one) => names(one).some((name) => name.startsWith(wanted));
  const fits = commandList().filter((one) => names(one).some((name) => name.includes(wanted)));
  return [...fits.filter(begins), ...fits.filter((one) => !begins(one))];
}
