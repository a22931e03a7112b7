// A list to choose from, under the button that opens it: selects, choices, members.

import { fill, h, icon } from "./dom.js";
import { word } from "./i18n.js";

/**
 * A select as a button with a listbox.
 * @param options [{label, value, description?, emoji?}]
 * @param chosen values chosen before
 * @param onchoose called with the chosen values when the list closes with a new choice
 */
export function select({ options, chosen = [], placeholder, min = 1, max = 1, disabled, label, testid, onchoose }) {
  let values = [...chosen];
  const text = h("span", { class: "select-text" });
  const props = { class: "select", type: "button", "aria-haspopup": "listbox", "aria-expanded": "false", disabled, testid };
  const button = h("button", { ...props, onclick: () => open() }, text, icon("down", 16));
  const show = () => {
    const labels = options.filter((one) => values.includes(one.value)).map((one) => one.label);
    text.textContent = labels.join(", ") || placeholder || word("choose");
    text.classList.toggle("placeholder", !labels.length);
    button.setAttribute("aria-label", [label ?? placeholder, ...labels].filter(Boolean).join(": "));
  };
  const open = () => {
    const before = values.join("\n");
    button.setAttribute("aria-expanded", "true");
    listbox(button, options, values, max, (picked) => {
      button.setAttribute("aria-expanded", "false");
      button.focus();
      // A multiple choice with too few stays open in Discord; here it falls back to what was chosen before.
      if (picked.length < min) return;
      values = picked;
      show();
      if (values.join("\n") !== before || max === 1) onchoose(values);
    });
  };
  show();
  return button;
}

function listbox(anchor, options, chosen, max, onclose) {
  let picked = [...chosen];
  let done = false;
  const items = options.map((option) => item(option));
  const list = h("div", { class: "listbox", role: "listbox", "aria-multiselectable": max > 1 ? "true" : null, onkeydown: keys }, items);
  if (max > 1) list.append(h("button", { type: "button", class: "small primary", onclick: () => close(picked) }, word("done")));

  function item(option) {
    const mark = () => element.setAttribute("aria-selected", String(picked.includes(option.value)));
    const press = () => {
      if (max === 1) return close([option.value]);
      if (picked.includes(option.value)) picked = picked.filter((one) => one !== option.value);
      else if (picked.length < max) picked = [...picked, option.value];
      return mark();
    };
    const description = option.description && h("small", {}, option.description);
    const content = [h("span", { class: "option-text" }, h("span", {}, emojiOf(option), option.label), description), icon("check", 16)];
    const element = h("div", { class: "option", role: "option", tabindex: "-1", "data-value": option.value, onclick: press }, content);
    mark();
    return element;
  }

  function keys(event) {
    const at = items.indexOf(document.activeElement);
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
    if (event.key in moves) items[(moves[event.key] + items.length) % items.length]?.focus();
    else if (event.key === "Enter" || event.key === " ") document.activeElement.click();
    else if (event.key === "Escape") close(chosen, true);
    else if (event.key === "Tab") close(picked);
    else return typeAhead(event.key);
    event.preventDefault();
    return event.stopPropagation();
  }

  function typeAhead(key) {
    const found = options.findIndex((one) => one.label.toLowerCase().startsWith(key.toLowerCase()));
    if (key.length === 1 && found >= 0) items[found].focus();
  }

  function close(values, cancelled = false) {
    if (done) return;
    done = true;
    list.remove();
    document.removeEventListener("pointerdown", outside, true);
    onclose(cancelled ? [] : values);
  }

  const outside = (event) => !list.contains(event.target) && close(max > 1 ? picked : [], max === 1);
  document.addEventListener("pointerdown", outside, true);
  // In a form the list belongs to the form, whose Tab circle and layer it shares.
  (anchor.closest("[role=dialog]") ?? document.body).append(list);
  place(list, anchor);
  (items.find((one) => one.getAttribute("aria-selected") === "true") ?? items[0])?.focus();
}

/** Put a floating element under its anchor, or above where there is no room. */
export function place(element, anchor) {
  const { left, top, bottom, width } = anchor.getBoundingClientRect();
  element.style.minWidth = `${Math.min(Math.max(width, 200), innerWidth - 16)}px`;
  const { width: own, height } = element.getBoundingClientRect();
  element.style.left = `${Math.max(8, Math.min(left, innerWidth - own - 8))}px`;
  const below = bottom + 4 + height <= innerHeight;
  element.style.top = below ? `${bottom + 4}px` : `${Math.max(8, top - height - 4)}px`;
}

/** A component's or option's emoji as text. */
export function emojiOf(holder) {
  return holder.emoji?.name ? `${holder.emoji.name} ` : "";
}

/** A menu at a point or anchor: [{label, onclick}]. */
export function menu(entries, anchor, emptyText) {
  const before = document.activeElement;
  const close = () => {
    list.remove();
    document.removeEventListener("pointerdown", outside, true);
    before?.focus();
  };
  const outside = (event) => !list.contains(event.target) && close();
  const items = entries.map(({ label, onclick }) => {
    const press = () => {
      close();
      onclick();
    };
    return h("button", { type: "button", role: "menuitem", class: "option", onclick: press }, label);
  });
  const keys = (event) => {
    const at = items.indexOf(document.activeElement);
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown") items[(at + 1) % items.length]?.focus();
    else if (event.key === "ArrowUp") items[(at - 1 + items.length) % items.length]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const list = h("div", { class: "listbox menu", role: "menu", testid: "menu", onkeydown: keys });
  fill(list, h("div", { class: "menu-title" }, word("apps")), items.length ? items : h("div", { class: "menu-empty" }, emptyText));
  document.body.append(list);
  document.addEventListener("pointerdown", outside, true);
  place(list, anchor);
  items[0]?.focus();
}
