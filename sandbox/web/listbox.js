// Floating lists: the choices of a select, and menus.

import { h, icon } from "./dom.js";
import { emojiOf } from "./emoji.js";
import { word } from "./i18n.js";

const MANY = 8; // from here on one may search

/**
 * Open a list of options at an element.
 * @param {{anchor: HTMLElement, options: object[], chosen: string[], min: number, max: number, label?: string,
 *   onclose: (values: string[] | null) => void}} spec `onclose` gets null where nothing was chosen
 */
export function openListbox({ anchor, options, chosen, min, max, label, onclose }) {
  let picked = [...chosen];
  let done = false;
  const items = options.map((option) => item(option));
  const list = h("div", { role: "listbox", "aria-label": label ?? word("choose"), "aria-multiselectable": max > 1 ? "true" : null }, items);
  const nothing = h("div", { class: "menu-empty", hidden: items.length > 0 }, word("nothing"));
  const search = items.length >= MANY && h("input", { type: "text", class: "listbox-search", "aria-label": word("search"), placeholder: word("search"), oninput: filter });
  const ok = max > 1 && h("button", { type: "button", class: "small primary", onclick: () => finish() }, word("done"));
  const hint = max > 1 && h("small", {}, min === max ? word("choose_exactly", { value: max }) : word("choose_most", { value: max }));
  const popover = h("div", { class: "listbox", onkeydown: keys }, search, list, nothing, ok && h("div", { class: "listbox-foot" }, hint, ok));

  function item(option) {
    const content = h("span", { class: "option-text" }, h("span", {}, emojiOf(option), option.label), option.description && h("small", {}, option.description));
    const element = h("div", { class: "option", role: "option", tabindex: "-1", "data-value": option.value, onclick: () => press(option) }, content, icon("check", 16));
    element.setAttribute("aria-selected", String(picked.includes(option.value)));
    return element;
  }

  function press({ value }) {
    if (max === 1) return close([value]);
    if (picked.includes(value)) picked = picked.filter((one) => one !== value);
    else if (picked.length < max) picked = [...picked, value];
    items.forEach((one) => one.setAttribute("aria-selected", String(picked.includes(one.dataset.value))));
    if (ok) ok.disabled = picked.length < min;
  }

  function filter() {
    const wanted = search.value.trim().toLowerCase();
    items.forEach((one, index) => (one.hidden = !options[index].label.toLowerCase().includes(wanted)));
    nothing.hidden = items.some((one) => !one.hidden);
  }

  function keys(event) {
    const shown = items.filter((one) => !one.hidden);
    const at = shown.indexOf(document.activeElement);
    const typing = document.activeElement === search;
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1, ...(typing ? {} : { Home: 0, End: shown.length - 1 }) };
    if (event.key in moves) shown.at(moves[event.key] % shown.length)?.focus();
    else if (event.key === "Escape") close(null);
    else if (event.key === "Tab" && max === 1) close(null);
    else if (event.key === "Enter" && typing) shown[0]?.click();
    else if ((event.key === "Enter" || event.key === " ") && at >= 0) shown[at].click();
    else return event.key !== "Tab" && !typing && typeAhead(event);
    event.preventDefault();
    return event.stopPropagation();
  }

  function typeAhead(event) {
    event.stopPropagation();
    if (event.key.length !== 1) return;
    if (search) return search.focus(); // the key goes on into the field
    items.find((_, index) => options[index].label.toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
  }

  /** Several are done with; too few are no choice. */
  function finish() {
    close(picked.length >= min ? options.map((one) => one.value).filter((value) => picked.includes(value)) : null);
  }

  function close(values) {
    if (done) return;
    done = true;
    popover.remove();
    document.removeEventListener("pointerdown", outside, true);
    onclose(values);
  }

  function outside(event) {
    if (!popover.contains(event.target)) max > 1 ? finish() : close(null);
  }

  document.addEventListener("pointerdown", outside, true);
  // In a form the list belongs to the form, whose Tab circle and layer it shares.
  (anchor.closest("[role=dialog]") ?? document.body).append(popover);
  place(popover, anchor);
  const first = items.find((one) => one.getAttribute("aria-selected") === "true") ?? items[0];
  (max === 1 || !search ? first : search)?.focus();
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

/**
 * A menu at a point or an element.
 * @param {{label: string, onclick: () => void}[]} entries
 * @param {{getBoundingClientRect(): DOMRect}} anchor
 * @param {{title: string, empty: string}} words
 */
export function menu(entries, anchor, { title, empty }) {
  const before = document.activeElement;
  const items = entries.map((entry) => h("button", { type: "button", role: "menuitem", class: "option", onclick: () => press(entry) }, entry.label));
  const content = items.length ? items : h("div", { class: "menu-empty" }, empty);
  const list = h("div", { class: "listbox menu", role: "menu", "aria-label": title, tabindex: "-1", testid: "menu", onkeydown: keys }, h("div", { class: "menu-title" }, title), content);

  function close() {
    list.remove();
    document.removeEventListener("pointerdown", outside, true);
    if (before?.isConnected) before.focus({ preventScroll: true });
  }

  function outside(event) {
    if (!list.contains(event.target)) close();
  }

  function press(entry) {
    close();
    entry.onclick();
  }

  function keys(event) {
    const at = items.indexOf(document.activeElement);
    if (event.key === "Escape" || event.key === "Tab") close();
    else if (event.key === "ArrowDown") items[(at + 1) % items.length]?.focus();
    else if (event.key === "ArrowUp") items.at(at - 1)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  document.body.append(list);
  document.addEventListener("pointerdown", outside, true);
  place(list, anchor);
  (items[0] ?? list).focus();
}
