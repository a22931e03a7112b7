// A chosen command with its options, in place of the text field.

import { interact } from "./api.js";
import { fileValues } from "./attachment.js";
import { converting, fill, h, icon } from "./dom.js";
import { optionField } from "./fields.js";
import { locale, localised, word } from "./i18n.js";
import { openModal } from "./modal.js";
import { expect, state } from "./store.js";

const SUB_COMMAND = 1;
const SUB_GROUP = 2;
const ATTACHMENT = 11;

/**
 * @typedef {object} Invocable a slash command, or a sub-command with the way to it
 * @property {object} command as it was registered
 * @property {object[]} path the group and sub-command below it
 * @property {string} label in the member's language, as in "train status"
 * @property {string} plain in English
 * @property {string} description
 * @property {object[]} options
 */

/**
 * Every slash command and sub-command that the member may use.
 * @returns {Invocable[]}
 */
export function commandList() {
  const found = [];
  const walk = (command, path, node) => {
    const subs = (node.options ?? []).filter((one) => one.type === SUB_COMMAND || one.type === SUB_GROUP);
    subs.forEach((sub) => walk(command, [...path, sub], sub));
    if (subs.length) return;
    const names = [command, ...path];
    const label = names.map((one) => localised(one, "name")).join(" ");
    found.push({ command, path, label, plain: names.map((one) => one.name).join(" "), description: localised(node, "description"), options: node.options ?? [] });
  };
  state.commands.filter((command) => command.type === 1).forEach((command) => walk(command, [], command));
  return found.sort((a, b) => a.label.localeCompare(b.label));
}

/**
 * The form of a command.
 * @param {Invocable} chosen
 * @param {{onclose: () => void, onsend: (promise: Promise<string>) => void}} handlers `onsend` gets what is still to come:
 *   "" once the bot has answered, else why not
 */
export function commandForm(chosen, { onclose, onsend }) {
  const fields = new Map(); // option name -> {option, field, note}
  const rows = h("div", { class: "option-rows" });
  const addable = h("div", { class: "addable" });
  const problem = h("div", { class: "warning", role: "alert", testid: "command-problem" });
  const send = h("button", { class: "icon-button send", type: "submit", "aria-label": word("send"), title: word("send"), testid: "send" }, icon("send", 20));
  const cancel = h("button", { class: "icon-button", type: "button", "aria-label": word("cancel"), title: word("cancel"), onclick: () => onclose() }, icon("close"));
  const title = h("div", { class: "command-title" }, h("strong", {}, `/${chosen.label}`), h("span", {}, chosen.description), cancel);
  const keys = (event) => {
    if (converting(event)) return;
    if (event.key === "Escape") onclose();
    // Enter sends from wherever one is, except where it presses a button of its own.
    if (event.key === "Enter" && event.target.matches("input, .drop-zone.chosen, .starter[aria-pressed=true]")) {
      event.preventDefault();
      submit();
    }
  };
  const props = { class: "command-form", testid: "command-form", "aria-label": `/${chosen.label}`, onkeydown: keys, onsubmit: (event) => event.preventDefault() };
  const element = h("form", props, title, h("div", { class: "command-line" }, h("div", { class: "grow" }, rows, addable), send), problem);
  send.addEventListener("click", submit);

  function add(option) {
    const field = optionField(option, (text) => complete(option, text));
    const note = h("div", { class: "warning", role: "alert" });
    const need = option.required ? h("small", {}, word("required")) : null;
    const label = h("div", { class: "option-label", title: localised(option, "description") }, localised(option, "name"), need);
    const row = h("div", { class: "option-row", testid: "command-option", "data-option": option.name }, label, field.element, note);
    if (!option.required) label.append(removeButton(option, row));
    rows.append(row);
    fields.set(option.name, { option, field, note });
    drawAddable();
    return field;
  }

  function removeButton(option, row) {
    const remove = () => {
      row.remove();
      fields.delete(option.name);
      drawAddable();
    };
    return h("button", { type: "button", class: "as-link", "aria-label": `${word("remove")}: ${localised(option, "name")}`, onclick: remove }, word("remove"));
  }

  function drawAddable() {
    const left = chosen.options.filter((option) => !fields.has(option.name));
    fill(addable, left.map((option) => h("button", { type: "button", class: "chip", title: localised(option, "description"), onclick: () => add(option).focus() }, icon("plus", 12), localised(option, "name"))));
  }

  /** The options so far, wrapped in the sub-commands; `files` collects uploads; null where something is wrong. */
  function read(files, focused) {
    let good = true;
    const options = [];
    for (const { option, field, note } of fields.values()) {
      const found = field.read();
      const isFocus = option.name === focused?.name;
      const wrong = focused ? "" : (found?.problem ?? (!found && option.required ? word("is_required") : ""));
      note.textContent = wrong;
      field.element.classList.toggle("wrong", Boolean(wrong));
      good &&= !wrong;
      if (isFocus) options.push({ name: option.name, type: option.type, value: focused.text, focused: true });
      else if (found && !found.problem) options.push({ name: option.name, type: option.type, value: valueOf(found, files) });
    }
    return good ? chosen.path.reduceRight((inner, sub) => [{ name: sub.name, type: sub.type, options: inner }], options) : null;
  }

  function valueOf(found, files) {
    return found.items ? fileValues(found.items, files)[0] : found.value;
  }

  async function complete(option, text) {
    const files = [];
    const options = read(files, { name: option.name, text });
    const data = { name: chosen.command.name, type: 1, options };
    return (await interact(state.me.id, state.channelId, locale(), 4, data, { files })).choices;
  }

  async function submit() {
    const files = [];
    const options = read(files, null);
    if (send.disabled) return;
    if (!options) return focusWrong();
    send.disabled = true;
    problem.textContent = "";
    const nonce = crypto.randomUUID();
    const channelId = state.channelId;
    const outcome = new Promise((resolve) => {
      expect(nonce, ({ failed, message, modal }) => {
        if (modal) openModal(modal, channelId);
        resolve(failed ? (message ?? word("no_answer")) : "");
      });
    });
    try {
      await interact(state.me.id, channelId, locale(), 2, { name: chosen.command.name, type: 1, options }, { nonce, files });
      onclose();
      onsend(outcome);
    } catch (error) {
      send.disabled = false;
      problem.textContent = error.message;
    }
  }

  function focusWrong() {
    [...fields.values()].find(({ note }) => note.textContent)?.field.focus();
  }

  chosen.options.filter((option) => option.required).forEach(add);
  drawAddable();
  const focus = () => ([...fields.values()][0]?.field ?? { focus: () => send.focus() }).focus();
  /** A dropped or pasted file goes to the first attachment option, which is added where it is optional. */
  const attachment = () => {
    const option = chosen.options.find((one) => one.type === ATTACHMENT);
    return option && (fields.get(option.name)?.field ?? add(option));
  };
  const take = (files) => (attachment() ? attachment().take(files) : (problem.textContent = word("no_files")));
  return { element, focus, take, pick: (starter) => attachment()?.pick(starter) };
}
