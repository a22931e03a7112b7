// Autocomplete under a text field.

import { converting, freshId, h } from "./dom.js";
import { localised, word } from "./i18n.js";
import { place } from "./listbox.js";

const PAUSE_MS = 200; // asked once the typing pauses, not at every key

/**
 * Offer what `ask(text)` finds, while `input` has the focus.
 * @param {HTMLInputElement} input
 * @param {(text: string) => Promise<object[]>} ask
 * @param {(choice: {name: string, value: any}) => void} onpick
 */
export function suggestions(input, ask, onpick) {
  const id = freshId("suggestions");
  let timer = null;
  let asked = 0;
  let list = null;
  let choices = [];
  let at = 0;

  const props = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id };
  for (const [key, value] of Object.entries(props)) input.setAttribute(key, value);

  function close() {
    clearTimeout(timer);
    asked += 1;
    list?.remove();
    list = null;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function pick(choice) {
    input.value = localised(choice, "name");
    onpick(choice);
    close();
  }

  async function offer() {
    const mine = ++asked;
    let problem = "";
    const found = await ask(input.value).catch((error) => {
      problem = error.message;
      return [];
    });
    if (mine !== asked || document.activeElement !== input) return;
    list?.remove();
    choices = found;
    list = h("div", { class: "listbox", id, role: "listbox", "aria-label": input.getAttribute("aria-label"), testid: "suggestions" });
    list.append(...(choices.length ? choices.map(item) : [h("div", { class: "menu-empty" }, problem || word("nothing"))]));
    document.body.append(list);
    input.setAttribute("aria-expanded", "true");
    place(list, input);
    mark(0);
  }

  function item(choice, index) {
    // Chosen on the way down: by the way up the field has lost the focus, and the list is gone.
    const press = (event) => {
      event.preventDefault();
      pick(choice);
    };
    return h("div", { class: "option", role: "option", id: `${id}-${index}`, onpointerdown: press }, localised(choice, "name"));
  }

  function mark(next) {
    if (!choices.length) return;
    at = (next + choices.length) % choices.length;
    [...list.children].forEach((one, index) => one.setAttribute("aria-selected", String(index === at)));
    list.children[at].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", `${id}-${at}`);
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(offer, PAUSE_MS);
  });
  input.addEventListener("focus", offer);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (!list || converting(event)) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") mark(at + (event.key === "ArrowDown" ? 1 : -1));
    else if (["Enter", "Tab"].includes(event.key) && choices.length) pick(choices[at]);
    else if (event.key === "Escape") close();
    else return;
    if (event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
  });
}
