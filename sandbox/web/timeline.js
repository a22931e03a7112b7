// The list of messages: grouped by author, scrolled to the end unless the reader has gone up.

import { h, icon } from "./dom.js";
import { word } from "./i18n.js";
import { refreshTimes } from "./markdown.js";
import { messageElement } from "./message.js";
import { on, state, THREAD_CREATED, THREAD_STARTER, visibleMessages } from "./store.js";
import { welcome } from "./welcome.js";

const JOIN_WITHIN_MS = 5 * 60 * 1000;
const AT_END_PX = 80; // a reader this near to the end is taken along
const TIMES_EVERY_MS = 15_000;

/**
 * The timeline's element.
 * @param {{start: (command: string, starter?: object) => void, leave: () => void}} actions `start` for the welcome's
 *   buttons, `leave` for the key that goes back to the composer
 */
export function timeline({ start, leave }) {
  const list = h("div", { class: "messages", role: "log", "aria-live": "polite", testid: "messages" });
  const scroller = h("div", { class: "scroller", tabindex: "-1" }, list);
  const pill = h("button", { class: "pill", type: "button", hidden: true, testid: "new-messages", onclick: () => toEnd() }, icon("down", 16), h("span", {}));
  const elements = new Map(); // message id -> element
  let stuck = true; // whether the reader is at the end; kept apart, as growing content moves the end away
  let channelId = null;

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
  const follow = new ResizeObserver(() => stuck && toEnd());
  follow.observe(list);
  follow.observe(scroller);

  function drawAll() {
    const place = channelId === state.channelId && !stuck ? scroller.scrollTop : null;
    channelId = state.channelId;
    list.setAttribute("aria-label", word("messages"));
    pill.lastChild.textContent = word("new_messages");
    elements.clear();
    list.replaceChildren();
    const shown = visibleMessages();
    if (!shown.length) list.append(welcome(start));
    shown.forEach((message, index) => insert(message, shown[index - 1], null));
    rove(list.lastElementChild);
    if (place === null) toEnd();
    else scroller.scrollTop = place;
  }

  function insert(message, previous, former) {
    const element = messageElement(message, { joined: joins(message, previous), former });
    elements.set(message.id, element);
    if (former) former.replaceWith(element);
    else list.append(element);
    return element;
  }

  /** Draw a message (again), where its place in the list says. */
  function draw(message) {
    const shown = visibleMessages();
    const former = elements.get(message.id);
    const giveBack = former && focusIn(former);
    const wasCurrent = former?.tabIndex === 0;
    const element = insert(message, shown[shown.findIndex((one) => one.id === message.id) - 1], former);
    if (wasCurrent || !former) rove(element);
    giveBack?.(element);
  }

  function remove(message) {
    const former = elements.get(message.id);
    const nextId = former?.nextElementSibling?.dataset.id;
    former?.remove();
    elements.delete(message.id);
    if (!elements.size) return drawAll();
    const next = visibleMessages().find((one) => one.id === nextId);
    if (next) draw(next); // it may have gone on under the author of the one that is gone
    if (former?.tabIndex === 0) rove(list.lastElementChild);
  }

  function change({ kind, message }) {
    if (message.channel_id !== state.channelId) return;
    if (kind === "delete") return remove(message);
    const mine = kind === "create" && message.author.id === state.me.id;
    list.querySelector(".welcome")?.remove();
    draw(message);
    if (stuck || mine) toEnd();
    else if (kind === "create") pill.hidden = false;
  }

  /** One stop for Tab in the whole list: the message that the arrows have come to. */
  function rove(element) {
    if (!element?.classList.contains("message")) return;
    list.querySelectorAll(".message[tabindex='0']").forEach((one) => (one.tabIndex = -1));
    element.tabIndex = 0;
  }

  list.addEventListener("focusin", (event) => rove(event.target.closest(".message")));
  list.addEventListener("keydown", (event) => {
    const at = event.target;
    if (!at.classList.contains("message")) return;
    if (event.key === "Escape") return leave();
    const all = [...elements.values()];
    const moves = { ArrowUp: all.indexOf(at) - 1, ArrowDown: all.indexOf(at) + 1, Home: 0, End: all.length - 1 };
    if (!(event.key in moves)) return;
    event.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, moves[event.key]))].focus();
  });

  for (const topic of ["state", "channel"]) on(topic, drawAll);
  on("commands", () => !elements.size && drawAll());
  on("message", change);
  on("threads", (id) => {
    const shown = visibleMessages().filter((one) => one.thread?.id === id || (one.type === THREAD_CREATED && one.message_reference.channel_id === id));
    shown.filter((one) => elements.has(one.id)).forEach(draw);
  });
  setInterval(() => refreshTimes(list), TIMES_EVERY_MS);
  return { element: h("div", { class: "timeline" }, scroller, pill), toEnd };
}

/** Remember which control of a message has the focus, to give it back after the message is drawn again. */
function focusIn(element) {
  const active = document.activeElement;
  if (active === element) return (fresh) => fresh.focus({ preventScroll: true });
  if (!element.contains(active)) return null;
  const key = ["customId", "url", "testid"].find((name) => active.dataset[name]);
  if (!key) return (fresh) => fresh.focus({ preventScroll: true });
  const same = (one) => one.dataset[key] === active.dataset[key];
  return (fresh) => ([...fresh.querySelectorAll("button, a")].find(same) ?? fresh).focus({ preventScroll: true });
}

function joins(message, previous) {
  if (!previous || previous.author.id !== message.author.id || message.interaction_metadata) return false;
  if ([THREAD_CREATED, THREAD_STARTER].includes(previous.type)) return false;
  if (message.message_reference || (previous.flags ^ message.flags) & 64) return false;
  return new Date(message.timestamp) - new Date(previous.timestamp) < JOIN_WITHIN_MS;
}
