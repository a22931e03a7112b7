// A list to choose from, under the button that opens it: selects, choices, members.

import { h, icon } from "./dom.js";
import { word } from "./i18n.js";
import { openListbox } from "./listbox.js";
import { state } from "./store.js";

const STRING_SELECT = 3;
const USER_SELECT = 5;
const MENTIONABLE_SELECT = 7;
const CHANNEL_SELECT = 8;
const SELECTS = [3, 5, 6, 7, 8];

/** Whether a component type is one of the selects. */
export function isSelect(type) {
  return SELECTS.includes(type);
}

/**
 * What a select offers, and what is chosen from the start.
 * @returns {{options: {label: string, value: string, description?: string, emoji?: object}[], chosen: string[]}}
 */
export function selectOptions(spec) {
  if (spec.type === STRING_SELECT) return { options: spec.options, chosen: spec.options.filter((one) => one.default).map((one) => one.value) };
  return { options: offered(spec.type), chosen: (spec.default_values ?? []).map((one) => one.id) };
}

function offered(type) {
  if (type === USER_SELECT || type === MENTIONABLE_SELECT) return state.users.map((one) => ({ label: one.global_name ?? one.username, value: one.id }));
  if (type === CHANNEL_SELECT) return state.guild.channels.map((one) => ({ label: `#${one.name}`, value: one.id }));
  return [];
}

/**
 * A select as a button with a listbox.
 * @param {object} spec
 * @param {{label: string, value: string, description?: string, emoji?: object}[]} spec.options
 * @param {string[]} spec.chosen values chosen before
 * @param {string} [spec.placeholder]
 * @param {number} [spec.min]
 * @param {number} [spec.max]
 * @param {boolean} [spec.disabled]
 * @param {boolean} [spec.clearable] whether a button beside it takes the choice back
 * @param {string} [spec.label] its name for screen readers
 * @param {string} [spec.testid]
 * @param {(values: string[]) => void} spec.onchoose called when the list closes with a choice
 */
export function select({ options, chosen = [], placeholder, min = 1, max = 1, disabled, clearable, label, testid, onchoose }) {
  let values = [...chosen];
  const text = h("span", { class: "select-text" });
  const props = { class: "select", type: "button", "aria-haspopup": "listbox", "aria-expanded": "false", disabled, testid };
  const button = h("button", { ...props, onclick: open, onkeydown: keys }, text, icon("down", 16));
  const clear = clearable && h("button", { class: "icon-button clear", type: "button", title: word("clear"), onclick: forget }, icon("close", 16));

  function show() {
    const labels = options.filter((one) => values.includes(one.value)).map((one) => one.label);
    text.textContent = labels.join(", ") || placeholder || word("choose");
    text.classList.toggle("placeholder", !labels.length);
    button.setAttribute("aria-label", [label ?? placeholder, ...labels].filter(Boolean).join(": "));
    if (!clear) return;
    clear.hidden = !labels.length;
    clear.setAttribute("aria-label", `${word("clear")}: ${label ?? placeholder ?? ""}`);
  }

  function forget() {
    values = [];
    show();
    onchoose(values);
    button.focus({ preventScroll: true });
  }

  function open() {
    const before = values.join("\n");
    button.setAttribute("aria-expanded", "true");
    openListbox({ anchor: button, options, chosen: values, min, max, label: label ?? placeholder, onclose });

    function onclose(picked) {
      button.setAttribute("aria-expanded", "false");
      button.focus({ preventScroll: true });
      if (!picked) return;
      values = picked;
      show();
      if (max === 1 || values.join("\n") !== before) onchoose(values);
    }
  }

  function keys(event) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    event.stopPropagation();
    open();
  }

  show();
  return clear ? h("div", { class: "clearable" }, button, clear) : button;
}
