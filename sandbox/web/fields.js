// One field for each kind of command option. A field is {element, read(): {value} | {problem} | null, focus()}.

import { fill, h, icon } from "./dom.js";
import { localised, word } from "./i18n.js";
import { select } from "./select.js";
import { state } from "./store.js";
import { suggestions } from "./suggestions.js";

const STRING = 3;
const INTEGER = 4;
const BOOLEAN = 5;
const USER = 6;
const ATTACHMENT = 11;
const MAX_FILE_BYTES = 10 * 1024 * 1024;

/** The field for an option; `autocomplete(text)` asks the bot for choices. */
export function optionField(option, autocomplete) {
  if (option.type === ATTACHMENT) return attachmentField();
  if (option.type === BOOLEAN) return listField([{ label: word("yes"), value: true }, { label: word("no"), value: false }], option);
  if (option.type === USER) return listField(state.users.map((one) => ({ label: one.global_name ?? one.username, value: one.id })), option);
  if (option.choices?.length) return listField(option.choices.map((one) => ({ label: localised(one, "name"), value: one.value })), option);
  return textField(option, autocomplete);
}

function listField(options, option) {
  let value = null;
  const keyed = options.map((one, index) => ({ label: one.label, value: String(index) }));
  const onchoose = ([index]) => (value = options[Number(index)].value);
  const element = select({ options: keyed, label: option.name, onchoose });
  return { element, read: () => (value === null ? null : { value }), focus: () => element.focus() };
}

function textField(option, autocomplete) {
  const numeric = option.type !== STRING;
  const props = { type: "text", class: "option-input", autocomplete: "off", "aria-label": option.name, inputmode: numeric ? "decimal" : "text" };
  const input = h("input", { ...props, maxlength: option.max_length ?? 6000, placeholder: localised(option, "description") });
  let picked = null; // a choice of autocomplete: its value differs from the name that is shown
  input.addEventListener("input", () => (picked = null));
  const element = h("div", { class: "text-field" }, input);
  if (option.autocomplete) suggestions(input, autocomplete, (choice) => (picked = choice));
  const read = () => {
    if (picked) return { value: picked.value };
    const text = input.value.trim();
    if (!text) return null;
    return numeric ? readNumber(text, option) : { value: text };
  };
  return { element, read, focus: () => input.focus() };
}

function readNumber(text, option) {
  const value = Number(text);
  if (!Number.isFinite(value)) return { problem: word("not_number") };
  if (option.type === INTEGER && !Number.isInteger(value)) return { problem: word("not_whole") };
  if (option.min_value !== undefined && value < option.min_value) return { problem: word("below", { value: option.min_value }) };
  if (option.max_value !== undefined && value > option.max_value) return { problem: word("above", { value: option.max_value }) };
  return { value };
}

function attachmentField() {
  let chosen = null; // {file} or {starter}
  const input = h("input", { type: "file", class: "visually-hidden", tabindex: "-1", testid: "file-input" });
  const zone = h("button", { class: "drop-zone", type: "button", testid: "drop-zone", onclick: () => input.click() });
  const tray = h("div", { class: "tray", role: "group", "aria-label": word("ready_made") });
  const element = h("div", { class: "attachment-field" }, input, zone, tray);

  function choose(picked) {
    chosen = picked;
    draw();
    zone.focus();
  }

  function draw() {
    const name = chosen?.file?.name ?? chosen?.starter?.filename;
    const preview = chosen && h("img", { src: chosen.starter?.url ?? URL.createObjectURL(chosen.file), alt: "" });
    fill(zone, preview ?? icon("plus", 22), h("span", {}, name ?? word("drop")));
    fill(tray, state.starter.map((one) => starterButton(one, chosen?.starter === one, () => choose({ starter: one }))));
  }

  input.addEventListener("change", () => input.files[0] && choose({ file: input.files[0] }));
  draw();
  const read = () => {
    if (!chosen) return null;
    if (chosen.starter) return { value: `starter:${chosen.starter.filename}` };
    return chosen.file.size > MAX_FILE_BYTES ? { problem: word("too_large") } : { file: chosen.file };
  };
  return { element, read, focus: () => zone.focus(), take: (file) => choose({ file }) };
}

function starterButton(one, chosen, onclick) {
  const props = { class: "starter", type: "button", title: one.description ?? one.filename, "aria-pressed": String(chosen) };
  const image = h("img", { src: one.url, alt: one.description ?? one.filename, loading: "lazy" });
  return h("button", { ...props, testid: "starter-picture", "data-filename": one.filename, onclick }, image);
}
