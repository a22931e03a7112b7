// The list of messages: grouped by author, scrolled to the end unless the reader has gone up.

import { fill, h, icon } from "./dom.js";
import { word } from "./i18n.js";
import { messageElement } from "./message.js";
import { on, state, visibleMessages } from "./store.js";

const JOIN_WITHIN_MS = 5 * 60 * 1000;
const AT_END_PX = 80; // a reader this near to the end is taken along

/** The timeline's element; `start` is called by the welcome's button. */
export function timeline({ start }) {
  const list = h("div", { class: "messages", role: "log", "aria-live": "polite", testid: "messages" });
  const scroller = h("div", { class: "scroller", tabindex: "-1" }, list);
  const pill = h("button", { class: "pill", type: "button", hidden: true, onclick: () => toEnd() }, icon("down", 16), word("new_messages"));
  const elements = new Map(); // message id -> element
  let stuck = true; // whether the reader is at the end; kept apart, as growing content moves the end away

  function toEnd() {
    stuck = true;
    pill.hidden = true;
    scroller.scrollTop = scroller.scrollHeight;
  }

  function atEnd() {
    return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < AT_END_PX;
  }

  scroller.addEventListener("scroll", () => {
    stuck = atEnd();
    if (stuck) pill.hidden = true;
  });
  new ResizeObserver(() => stuck && toEnd()).observe(list);

  function drawAll() {
    elements.clear();
    fill(list);
    const shown = visibleMessages();
    if (!shown.length) list.append(welcome(start));
    shown.forEach((message, index) => insert(message, shown[index - 1], null));
    toEnd();
  }

  function insert(message, previous, former) {
    const element = messageElement(message, { joined: joins(message, previous), former });
    elements.set(message.id, element);
    if (former) former.replaceWith(element);
    else list.append(element);
  }

  function change({ kind, message }) {
    if (message.channel_id !== state.channelId) return;
    const former = elements.get(message.id);
    if (kind === "delete") {
      former?.remove();
      elements.delete(message.id);
      if (!elements.size) drawAll();
      return;
    }
    list.querySelector(".welcome")?.remove();
    const shown = visibleMessages();
    const focused = former && focusIn(former);
    insert(message, shown[shown.findIndex((one) => one.id === message.id) - 1], former);
    if (focused) focused(elements.get(message.id));
    if (stuck) toEnd();
    else if (kind === "create") pill.hidden = false;
  }

  on("state", drawAll);
  on("channel", drawAll);
  on("message", change);
  return { element: h("div", { class: "timeline" }, scroller, pill), toEnd };
}

/** Remember which control of a message has the focus, to give it back after the message is drawn again. */
function focusIn(element) {
  const active = document.activeElement;
  if (active === element) return (fresh) => fresh.focus();
  if (!element.contains(active) || !active.dataset.customId) return null;
  const selector = `[data-custom-id="${CSS.escape(active.dataset.customId)}"]`;
  return (fresh) => fresh.querySelector(selector)?.focus();
}

function joins(message, previous) {
  if (!previous || previous.author.id !== message.author.id || message.interaction_metadata) return false;
  if ((previous.flags ^ message.flags) & 64) return false;
  return new Date(message.timestamp) - new Date(previous.timestamp) < JOIN_WITHIN_MS;
}

function welcome(start) {
  const channel = state.guild.channels.find((one) => one.id === state.channelId);
  const hasClassify = state.commands.some((command) => command.name === "classify");
  const button = hasClassify && h("button", { class: "button primary", type: "button", testid: "try-it", onclick: () => start("classify") }, word("try_it"));
  return h("div", { class: "welcome" }, h("h2", {}, word("welcome", { channel: channel?.name })), h("p", {}, word("welcome_1")), h("p", {}, word("welcome_2")), button);
}
