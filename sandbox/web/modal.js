// A form that the bot opens.

import { interact } from "./api.js";
import { h, trapFocus } from "./dom.js";
import { locale, word } from "./i18n.js";
import { markdown } from "./markdown.js";
import { select } from "./select.js";
import { expect, state } from "./store.js";

const ROW = 1;
const STRING_SELECT = 3;
const TEXT_INPUT = 4;
const USER_SELECT = 5;
const TEXT = 10;
const LABEL = 18;

/** Show the form; it is sent to the bot, or closed without a word to it. */
export function openModal(modal, channelId) {
  const before = document.activeElement;
  const problem = h("div", { class: "warning", role: "alert" });
  const fields = modal.components.map(field);
  const close = () => {
    backdrop.remove();
    before?.focus();
  };
  const send = h("button", { class: "button primary", type: "submit" }, word("submit"));
  const cancel = h("button", { class: "button secondary", type: "button", onclick: close }, word("cancel"));
  const submit = (event) => {
    event.preventDefault();
    sendForm(modal, channelId, fields, { problem, send, close });
  };
  const body = [h("h2", { id: "modal-title" }, modal.title), fields.map((one) => one.element), problem, h("div", { class: "modal-buttons" }, cancel, send)];
  const form = h("form", { class: "modal", onsubmit: submit, novalidate: true }, body);
  const keys = (event) => {
    if (event.key === "Escape") close();
    trapFocus(form, event);
  };
  const props = { class: "backdrop", role: "dialog", "aria-modal": "true", "aria-labelledby": "modal-title", testid: "modal", onkeydown: keys };
  const backdrop = h("div", props, form);
  document.body.append(backdrop);
  form.querySelector("input, textarea, .select, button")?.focus();
}

function field(top) {
  if (top.type === TEXT) return { element: h("div", { class: "text" }, markdown(top.content)), part: () => ({ type: TEXT }) };
  const spec = top.type === LABEL ? top.component : top.components[0];
  const label = top.label ?? spec.label ?? "";
  const input = control(spec, label);
  const wrap = (filled) => (top.type === LABEL ? { type: LABEL, component: filled } : { type: ROW, components: [filled] });
  const star = spec.required === false ? null : h("span", { class: "star", "aria-hidden": "true" }, " *");
  const note = h("div", { class: "warning" });
  const content = [h("span", { class: "label" }, label, star), top.description && h("small", {}, top.description), input.element, note];
  return { element: h("label", { class: "form-field" }, content), part: () => wrap(input.filled()), check: () => (note.textContent = input.check()) };
}

function control(spec, label) {
  if (spec.type === TEXT_INPUT) return textInput(spec, label);
  if (spec.type === STRING_SELECT) return chooser(spec, label, spec.options);
  if (spec.type === USER_SELECT) return chooser(spec, label, state.users.map((one) => ({ label: one.username, value: one.id })));
  return { element: h("div", { class: "unknown" }, `[component type ${spec.type}]`), filled: () => base(spec), check: () => "" };
}

function base(spec) {
  return { type: spec.type, custom_id: spec.custom_id };
}

function textInput(spec, label) {
  const props = { maxlength: spec.max_length ?? 4000, placeholder: spec.placeholder, value: spec.value ?? "", "aria-label": label, "data-custom-id": spec.custom_id };
  const element = spec.style === 2 ? h("textarea", { ...props, rows: 4 }) : h("input", { type: "text", autocomplete: "off", ...props });
  const check = () => {
    if (!element.value && spec.required !== false) return word("is_required");
    if (element.value && element.value.length < (spec.min_length ?? 0)) return word("below", { value: spec.min_length });
    return "";
  };
  return { element, filled: () => ({ ...base(spec), value: element.value }), check };
}

function chooser(spec, label, options) {
  let values = options.filter((one) => one.default).map((one) => one.value);
  const onchoose = (chosen) => (values = chosen);
  const element = select({ options, chosen: values, placeholder: spec.placeholder, min: spec.min_values ?? 1, max: spec.max_values ?? 1, label, onchoose });
  const check = () => (values.length || spec.required === false ? "" : word("is_required"));
  return { element, filled: () => ({ ...base(spec), values }), check };
}

async function sendForm(modal, channelId, fields, { problem, send, close }) {
  const problems = fields.map((one) => one.check?.() ?? "").filter(Boolean);
  if (problems.length) return;
  const nonce = crypto.randomUUID();
  const fail = (text) => {
    send.disabled = false;
    problem.textContent = text;
  };
  send.disabled = true;
  expect(nonce, (outcome) => (outcome.failed ? fail(outcome.message ?? word("no_answer")) : close()));
  const data = { custom_id: modal.custom_id, interaction_id: modal.interaction_id, components: fields.map((one) => one.part()) };
  try {
    await interact(state.me.id, channelId, locale(), 5, data, { nonce });
  } catch (error) {
    fail(error.message);
  }
}
