// One field for each kind of command option.

import { attachmentField } from "./attachment.js";
import { h } from "./dom.js";
import { localised, word } from "./i18n.js";
import { select } from "./select.js";
import { state } from "./store.js";
import { suggestions } from "./suggestions.js";

const STRING = 3;
const INTEGER = 4;
const BOOLEAN = 5;
const USER = 6;
const CHANNEL = 7;
const ROLE = 8;
const MENTIONABLE = 9;
const ATTACHMENT = 11;

/**
 * @typedef {object} Field
 * @property {HTMLElement} element
 * @property {() => null | {value: any} | {items: object[]} | {problem: string}} read null where nothing is entered
 * @property {() => void} focus
 * @property {(files: File[]) => void} [take] attachments only
 * @property {(starter: object) => void} [pick] attachments only
 */

/**
 * The field for an option.
 * @param {object} option as it was registered
 * @param {(text: string) => Promise<object[]>} autocomplete asks the bot for choices
 * @returns {Field}
 */
export function optionField(option, autocomplete) {
  const label = localised(option, "name");
  if (option.type === ATTACHMENT) return attachmentField({ label });
  const options = listed(option);
  return options ? listField(options, option, label) : textField(option, label, autocomplete);
}

/** What an option offers to choose from; null where it is typed. */
function listed(option) {
  const people = state.users.map((one) => ({ label: one.global_name ?? one.username, value: one.id }));
  if (option.type === BOOLEAN) return [{ label: word("yes"), value: true }, { label: word("no"), value: false }];
  if (option.type === USER || option.type === MENTIONABLE) return people;
  if (option.type === CHANNEL) return state.guild.channels.map((one) => ({ label: `#${one.name}`, value: one.id }));
  if (option.type === ROLE) return state.guild.roles.map((one) => ({ label: roleLabel(one.name), value: one.id }));
  return option.choices?.length ? option.choices.map((one) => ({ label: localised(one, "name"), value: one.value })) : null;
}

/** The role of everybody is called "@everyone", so it has its sign already. */
function roleLabel(name) {
  return name.startsWith("@") ? name : `@${name}`;
}

function listField(options, option, label) {
  let value = null;
  const keyed = options.map((one, index) => ({ label: one.label, value: String(index) }));
  const onchoose = ([index]) => (value = options[Number(index)].value);
  const element = select({ options: keyed, label, placeholder: localised(option, "description"), onchoose });
  return { element, read: () => (value === null ? null : { value }), focus: () => element.focus() };
}

function textField(option, label, autocomplete) {
  const numeric = option.type !== STRING;
  const props = { type: "text", class: "option-input", autocomplete: "off", "aria-label": label, inputmode: numeric ? "decimal" : "text" };
  const input = h("input", { ...props, maxlength: option.max_length ?? 6000, placeholder: localised(option, "description") });
  let picked = null; // a choice of autocomplete: its value differs from the name that is shown
  input.addEventListener("input", () => (picked = null));
  const element = h("div", { class: "text-field" }, input);
  if (option.autocomplete) suggestions(input, autocomplete, (choice) => (picked = choice));
  const read = () => {
    if (picked) return { value: picked.value };
    const text = input.value.trim();
    if (!text) return null;
    return numeric ? readNumber(text, option) : readText(text, option);
  };
  return { element, read, focus: () => input.focus() };
}

function readText(value, option) {
  if (value.length < (option.min_length ?? 0)) return { problem: word("too_short", { value: option.min_length }) };
  return { value };
}

function readNumber(text, option) {
  // Full-width digits are what a Japanese keyboard writes.
  const value = Number(text.normalize("NFKC"));
  if (!Number.isFinite(value)) return { problem: word("not_number") };
  if (option.type === INTEGER && !Number.isSafeInteger(value)) return { problem: word("not_whole") };
  if (option.min_value !== undefined && value < option.min_value) return { problem: word("below", { value: option.min_value }) };
  if (option.max_value !== undefined && value > option.max_value) return { problem: word("above", { value: option.max_value }) };
  return { value };
}
