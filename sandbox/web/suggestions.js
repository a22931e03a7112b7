// Autocomplete under a text field.

import { h } from "./dom.js";
import { localised, word } from "./i18n.js";
import { place } from "./select.js";

const PAUSE_MS = 200; // asked once the typing pauses, not at every key

/** Offer what `ask(text)` finds, while `input` has the focus; `onpick({name, value} | null)` tells the choice. */
export function suggestions(input, ask, onpick) {
  let timer = null;
  let asked = 0;
  let list = null;

  const close = () => {
    clearTimeout(timer);
    asked += 1;
    list?.remove();
    list = null;
  };

  function pick(choice) {
    input.value = localised(choice, "name");
    onpick(choice);
    close();
  }

  async function offer() {
    const mine = ++asked;
    const choices = await ask(input.value).catch((error) => [{ name: error.message, disabled: true }]);
    if (mine !== asked || document.activeElement !== input) return;
    list?.remove();
    const items = choices.map((choice, index) =>
      h("div", { class: "option", role: "option", "aria-selected": String(index === 0), onpointerdown: (event) => press(event, choice) }, localised(choice, "name")),
    );
    list = h("div", { class: "listbox", role: "listbox", testid: "suggestions" }, items.length ? items : h("div", { class: "menu-empty" }, word("nothing")));
    document.body.append(list);
    place(list, input);
    list.choices = choices;
  }

  function press(event, choice) {
    event.preventDefault();
    if (!choice.disabled) pick(choice);
  }

  function move(step) {
    const items = [...list.querySelectorAll(".option")];
    const at = items.findIndex((one) => one.getAttribute("aria-selected") === "true");
    items.forEach((one, index) => one.setAttribute("aria-selected", String(index === (at + step + items.length) % items.length)));
  }

  function chosen() {
    const items = [...list.querySelectorAll(".option")];
    return list.choices[items.findIndex((one) => one.getAttribute("aria-selected") === "true")];
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(offer, PAUSE_MS);
  });
  input.addEventListener("focus", offer);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (!list) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event.key === "ArrowDown" ? 1 : -1);
    else if ((event.key === "Enter" || event.key === "Tab") && chosen() && !chosen().disabled) pick(chosen());
    else if (event.key === "Escape") close();
    else return;
    if (event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
  });
}
