// The fields of a form: what each shows, checks and sends.

import { attachmentField, fileValues } from "./attachment.js";
import { freshId, h } from "./dom.js";
import { word } from "./i18n.js";
import { markdown } from "./markdown.js";
import { isSelect, select, selectOptions } from "./select.js";

const ROW = 1;
const TEXT_INPUT = 4;
const TEXT = 10;
const LABEL = 18;
const FILE_UPLOAD = 19;
const RADIO_GROUP = 21;
const CHECKBOX_GROUP = 22;
const CHECKBOX = 23;
const PARAGRAPH = 2;

/**
 * A top component of a form.
 * @param {object} top a text display, a label with its component, or a row with a text input
 * @returns {{element: HTMLElement, part: (files: File[]) => object, check: () => string, focus: () => void}}
 *   `part` gives what Discord's client sends back, `check` shows and gives what is wrong
 */
export function formField(top) {
  if (top.type === TEXT) {
    return { element: h("div", { class: "text" }, markdown(top.content)), part: () => ({ type: TEXT }), check: () => "", focus: () => {} };
  }
  const spec = top.type === LABEL ? top.component : top.components[0];
  const label = top.label ?? spec.label ?? "";
  const input = control(spec, label);
  const base = { type: spec.type, custom_id: spec.custom_id };
  const wrap = (filled) => (top.type === LABEL ? { type: LABEL, component: filled } : { type: ROW, components: [filled] });
  const star = needed(spec) && h("span", { class: "star", "aria-hidden": "true" }, " *");
  const note = h("div", { class: "warning", role: "alert" });
  const head = h("label", { class: "label", for: input.id ?? null }, label, star);
  const element = h("div", { class: "form-field" }, head, top.description && h("small", {}, top.description), input.element, note);
  const check = () => (note.textContent = input.check());
  return { element, part: (files) => wrap({ ...base, ...input.filled(files) }), check, focus: input.focus };
}

/** A single checkbox is never required: not ticked is an answer. */
function needed(spec) {
  return spec.required !== false && spec.type !== CHECKBOX;
}

function control(spec, label) {
  if (spec.type === TEXT_INPUT) return textInput(spec, label);
  if (isSelect(spec.type)) return chooser(spec, label);
  if (spec.type === FILE_UPLOAD) return upload(spec, label);
  if (spec.type === RADIO_GROUP) return boxes(spec, label, "radio");
  if (spec.type === CHECKBOX_GROUP) return boxes(spec, label, "checkbox");
  if (spec.type === CHECKBOX) return tick(spec, label);
  return { element: h("div", { class: "unknown" }, `[component type ${spec.type}]`), filled: () => ({}), check: () => "", focus: () => {} };
}

function textInput(spec, label) {
  const id = freshId("field");
  const props = { id, maxlength: spec.max_length ?? 4000, placeholder: spec.placeholder, value: spec.value ?? "", "aria-label": label, "data-custom-id": spec.custom_id };
  const element = spec.style === PARAGRAPH ? h("textarea", { ...props, rows: 4 }) : h("input", { type: "text", autocomplete: "off", ...props });
  const check = () => {
    if (!element.value && needed(spec)) return word("is_required");
    if (element.value && element.value.length < (spec.min_length ?? 0)) return word("too_short", { value: spec.min_length });
    return "";
  };
  return { id, element, filled: () => ({ value: element.value }), check, focus: () => element.focus() };
}

function chooser(spec, label) {
  const { options, chosen } = selectOptions(spec);
  let values = chosen;
  const onchoose = (picked) => (values = picked);
  const limits = { min: spec.min_values ?? 1, max: spec.max_values ?? 1, clearable: !needed(spec) };
  const element = select({ options, chosen, placeholder: spec.placeholder, label, onchoose, ...limits });
  const button = element.matches("button") ? element : element.querySelector(".select");
  button.dataset.customId = spec.custom_id;
  const check = () => (values.length || !needed(spec) ? "" : word("is_required"));
  return { element, filled: () => ({ values }), check, focus: () => button.focus() };
}

function upload(spec, label) {
  const field = attachmentField({ max: spec.max_values ?? 1, label });
  const items = () => field.read()?.items ?? [];
  const check = () => {
    const found = field.read();
    if (!found) return needed(spec) ? word("is_required") : "";
    return found.problem ?? (found.items.length < (spec.min_values ?? 1) ? word("choose_least", { value: spec.min_values }) : "");
  };
  return { element: field.element, filled: (files) => ({ values: fileValues(items(), files) }), check, focus: field.focus };
}

/** Radio buttons (one `value` or null) or checkboxes (`values`). */
function boxes(spec, label, type) {
  const name = freshId("group");
  const inputs = spec.options.map((one) => h("input", { type, name, value: one.value, checked: one.default }));
  const rows = spec.options.map((one, index) => h("label", { class: "box" }, inputs[index], h("span", {}, one.label, one.description && h("small", {}, one.description))));
  const element = h("div", { class: "boxes", role: type === "radio" ? "radiogroup" : "group", "aria-label": label }, rows);
  const values = () => inputs.filter((one) => one.checked).map((one) => one.value);
  const filled = () => (type === "radio" ? { value: values()[0] ?? null } : { values: values() });
  const check = () => {
    if (!values().length) return needed(spec) ? word("is_required") : "";
    if (type === "radio") return "";
    if (values().length < (spec.min_values ?? 1)) return word("choose_least", { value: spec.min_values });
    return values().length > (spec.max_values ?? inputs.length) ? word("choose_most", { value: spec.max_values }) : "";
  };
  return { element, filled, check, focus: () => inputs[0].focus() };
}

function tick(spec, label) {
  const id = freshId("field");
  const element = h("input", { id, type: "checkbox", checked: spec.default, "aria-label": label });
  return { id, element, filled: () => ({ value: element.checked }), check: () => "", focus: () => element.focus() };
}
