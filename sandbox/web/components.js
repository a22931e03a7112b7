// What can be pressed in a message, and the layout components around it.

import { interact } from "./api.js";
import { h, icon, safeUrl } from "./dom.js";
import { emojiOf } from "./emoji.js";
import { locale, word } from "./i18n.js";
import { markdown } from "./markdown.js";
import { attachment, picture } from "./media.js";
import { openModal } from "./modal.js";
import { isSelect, select, selectOptions } from "./select.js";
import { expect, state } from "./store.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

/**
 * The components of a message.
 * @param {import("./store.js").Message} message
 * @param {Map<string, HTMLElement>} kept pictures by address, as in media.js
 */
export function components(message, kept) {
  return (message.components ?? []).map((one) => component(one, message, kept));
}

function component(data, message, kept) {
  const nested = () => (data.components ?? []).map((one) => component(one, message, kept));
  const builders = {
    1: () => h("div", { class: "row" }, nested()),
    2: () => button(data, message),
    9: () => h("div", { class: "section" }, h("div", {}, nested()), component(data.accessory, message, kept)),
    10: () => h("div", { class: "text" }, markdown(data.content)),
    11: () => picture(data.media, data.description, kept, [80, 80]),
    12: () => h("div", { class: "gallery" }, data.items.map((item) => picture(item.media, item.description, kept))),
    13: () => attachment({ ...data.file, filename: data.name ?? "file", size: data.size ?? 0 }, kept),
    14: () => h("hr", { class: data.divider === false ? "space" : "" }),
    17: () => h("div", { class: "container", style: data.accent_color ? accent(data.accent_color) : "" }, nested()),
  };
  if (isSelect(data.type)) return choice(data, message);
  return builders[data.type]?.() ?? h("div", { class: "unknown" }, `[component type ${data.type}]`);
}

function accent(colour) {
  return `border-left-color:#${colour.toString(16).padStart(6, "0")}`;
}

function button(data, message) {
  const style = STYLES[data.style] ?? "secondary";
  const content = [emojiOf(data), data.label];
  if (data.style === 5) return h("a", { class: "button link", href: safeUrl(data.url), target: "_blank", rel: "noreferrer noopener" }, content, icon("external", 14));
  const press = () => use(element, message, data, undefined);
  const props = { class: `button ${style}`, type: "button", disabled: data.disabled, "data-custom-id": data.custom_id, "data-message": message.id, onclick: press };
  const element = h("button", props, content);
  return element;
}

function choice(data, message) {
  const { options, chosen } = selectOptions(data);
  const element = select({
    options, chosen, placeholder: data.placeholder, min: data.min_values ?? 1, max: data.max_values ?? 1, disabled: data.disabled,
    onchoose: (values) => use(element, message, data, values),
  });
  element.dataset.customId = data.custom_id;
  element.dataset.message = message.id;
  return element;
}

async function use(element, message, data, values) {
  const nonce = crypto.randomUUID();
  clearWarning(element);
  const body = { message_id: message.id, custom_id: data.custom_id, component_type: data.type, values };
  busy(element, true);
  expect(nonce, (outcome) => {
    busy(element, false);
    if (outcome.failed) warn(element, outcome.message ?? word("no_answer"));
    if (outcome.modal) openModal(outcome.modal, message.channel_id);
  });
  try {
    await interact(state.me.id, message.channel_id, locale(), 3, body, { nonce });
  } catch (error) {
    busy(element, false);
    warn(element, error.message);
  }
}

function busy(element, on) {
  element.classList.toggle("busy", on);
  element.setAttribute("aria-busy", String(on));
  // A second press while the first is on its way would be a second answer.
  element.style.pointerEvents = on ? "none" : "";
}

function warn(element, text) {
  clearWarning(element);
  placeOfWarning(element)?.append(h("div", { class: "warning", role: "alert" }, text));
}

function clearWarning(element) {
  placeOfWarning(element)?.querySelector(":scope > .warning")?.remove();
}

/** An edit that came meanwhile may have drawn the message anew: then its new controls are meant. */
function placeOfWarning(element) {
  const same = `[data-message="${element.dataset.message}"][data-custom-id="${CSS.escape(element.dataset.customId)}"]`;
  const present = element.isConnected ? element : document.querySelector(same);
  return present?.closest(".row, .section, .container, .components");
}
