// A form that the bot opens.

import { interact } from "./api.js";
import { freshId, h, trapFocus } from "./dom.js";
import { formField } from "./form-fields.js";
import { locale, word } from "./i18n.js";
import { expect, state } from "./store.js";

/**
 * Show the form; it is sent to the bot, or closed without a word to it.
 * @param {{title: string, custom_id: string, components: object[], interaction_id: string}} modal
 * @param {string} channelId
 */
export function openModal(modal, channelId) {
  const before = document.activeElement;
  const titleId = freshId("modal-title");
  const problem = h("div", { class: "warning", role: "alert" });
  const fields = modal.components.map(formField);
  const close = () => {
    backdrop.remove();
    if (before?.isConnected) before.focus();
    else document.querySelector("[data-testid=composer]")?.focus(); // the button may have been drawn anew meanwhile
  };
  const send = h("button", { class: "button primary", type: "submit" }, word("submit"));
  const cancel = h("button", { class: "button secondary", type: "button", onclick: close }, word("cancel"));
  const submit = (event) => {
    event.preventDefault();
    sendForm(modal, channelId, fields, { problem, send, close });
  };
  const body = [h("h2", { id: titleId }, modal.title), fields.map((one) => one.element), problem, h("div", { class: "modal-buttons" }, cancel, send)];
  const form = h("form", { class: "modal", onsubmit: submit, novalidate: true }, body);
  const keys = (event) => {
    if (event.key === "Escape") close();
    trapFocus(form, event);
  };
  const props = { class: "backdrop", role: "dialog", "aria-modal": "true", "aria-labelledby": titleId, testid: "modal", onkeydown: keys };
  const backdrop = h("div", props, form);
  document.body.append(backdrop);
  (form.querySelector("input:not([type=file]), textarea, .select, .drop-zone") ?? send).focus();
}

async function sendForm(modal, channelId, fields, { problem, send, close }) {
  const wrong = fields.filter((one) => one.check());
  if (wrong.length) return wrong[0].focus();
  const nonce = crypto.randomUUID();
  const files = [];
  const fail = (text) => {
    send.disabled = false;
    problem.textContent = text;
  };
  send.disabled = true;
  problem.textContent = "";
  expect(nonce, (outcome) => (outcome.failed ? fail(outcome.message ?? word("no_answer")) : close()));
  const data = { custom_id: modal.custom_id, interaction_id: modal.interaction_id, components: fields.map((one) => one.part(files)) };
  try {
    await interact(state.me.id, channelId, locale(), 5, data, { nonce, files });
  } catch (error) {
    fail(error.message);
  }
}
