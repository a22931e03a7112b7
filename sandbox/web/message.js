// One message as an element.

import { forwardMessage, interact } from "./api.js";
import { components } from "./components.js";
import { h, icon } from "./dom.js";
import { locale, localised, word } from "./i18n.js";
import { clockTime, markdown, messageTime, userName } from "./markdown.js";
import { attachment, embed, pictureElements } from "./media.js";
import { openModal } from "./modal.js";
import { menu } from "./listbox.js";
import { channelById, dismiss, expect, failureOf, messageById, openChannel, starterOf, state, threadById, THREAD_CREATED, THREAD_STARTER } from "./store.js";

const EPHEMERAL = 1 << 6;
const LOADING = 1 << 7;
const MESSAGE_MENU = 3;
const HUES = [210, 32, 158, 276, 342, 96, 188];

/**
 * A message; the pictures of its element until now are kept.
 * @param {import("./store.js").Message} message
 * @param {{joined: boolean, former: HTMLElement | null}} place `joined`: it goes on under the same author
 */
export function messageElement(message, { joined, former }) {
  if (message.type === THREAD_CREATED) return startedElement(message);
  if (message.type === THREAD_STARTER) return starterElement(message, former);
  const kept = pictureElements(former);
  const ephemeral = Boolean(message.flags & EPHEMERAL);
  const loading = Boolean(message.flags & LOADING);
  const cause = message.interaction_metadata;
  const first = !joined || cause;
  const body = h(
    "div",
    { class: "body" },
    cause && causeLine(cause),
    message.referenced_message && replyLine(message.referenced_message),
    first && header(message),
    loading ? waiting(message) : contents(message, kept),
    ephemeral && ephemeralLine(message),
  );
  const props = {
    class: ["message", first && "first", ephemeral && "ephemeral", mentionsMe(message) && "mentioned"].filter(Boolean).join(" "),
    role: "article", tabindex: "-1", testid: "message", "aria-label": label(message), "data-id": message.id, "data-author": message.author.username, "data-loading": loading || null,
    oncontextmenu: (event) => openApps(event, message.id), onkeydown: (event) => opensMenu(event) && openApps(event, message.id),
  };
  const side = first ? avatar(message.author) : h("time", { class: "side-time", datetime: message.timestamp }, clockTime(message.timestamp));
  return h("div", props, h("div", { class: "gutter" }, side), body, loading ? null : appsButton(message.id));
}

/** That somebody has begun a thread. */
function startedElement(message) {
  const { author, message_reference: reference, content } = message;
  const props = { class: "message first", role: "article", tabindex: "-1", testid: "message", "aria-label": label(message), "data-id": message.id, "data-author": author.username };
  const text = h("div", { class: "started content", testid: "content" }, icon("thread"), `${word("thread_started", { name: displayName(author) })}: `, h("strong", {}, content));
  return h("div", props, h("div", { class: "gutter" }), h("div", { class: "body" }, text, threadButton(reference.channel_id)));
}

/** The message from which a thread was begun, as its first one: only to look at, its buttons are where it is. */
function starterElement(message, former) {
  const starter = starterOf(message);
  const props = { class: "message first starter-message", role: "article", tabindex: "-1", testid: "message", "aria-label": label(starter), "data-id": message.id, "data-author": starter.author.username };
  const body = h("div", { class: "body" }, header(starter), contents({ ...starter, components: [], thread: null }, pictureElements(former)));
  return h("div", props, h("div", { class: "gutter" }, avatar(starter.author)), body);
}

/** Opens a thread; nothing where it is gone. */
function threadButton(id) {
  const thread = threadById(id);
  if (!thread) return null;
  const about = [`${word("messages")}: ${thread.message_count}`, thread.thread_metadata.archived && word("thread_archived")].filter(Boolean).join(" · ");
  const props = { class: "thread-link", type: "button", testid: "open-thread", "data-thread": id, onclick: () => openChannel(id) };
  return h("button", props, icon("thread", 16), h("strong", { class: "name" }, thread.name), h("small", {}, about));
}

function label(message) {
  return `${displayName(message.author)}, ${messageTime(message.timestamp)}`;
}

function displayName(user) {
  return user.global_name ?? user.username;
}

function mentionsMe(message) {
  return message.mentions?.some((user) => user.id === state.me.id);
}

/** The key for menus, or Enter on the message itself. */
function opensMenu(event) {
  return event.key === "ContextMenu" || (event.shiftKey && event.key === "F10") || (event.key === "Enter" && event.target === event.currentTarget);
}

/** An author's picture: initials on a colour of their own. */
export function avatar(user) {
  const name = displayName(user);
  const hue = HUES[[...user.id].reduce((sum, digit) => sum + Number(digit), 0) % HUES.length];
  if (user.bot) return h("div", { class: "avatar bot", "aria-hidden": "true" }, h("img", { src: "/web/icon.svg", alt: "" }));
  return h("div", { class: "avatar", style: `background:hsl(${hue} 45% 42%)`, "aria-hidden": "true" }, [...name][0].toUpperCase());
}

function header({ author, timestamp }) {
  const name = h("strong", { class: author.bot ? "author bot" : "author" }, displayName(author));
  const badge = author.bot && h("span", { class: "badge" }, word("app"));
  return h("div", { class: "header" }, name, badge, h("time", { datetime: timestamp }, messageTime(timestamp)));
}

function contents(message, kept) {
  const edited = message.edited_timestamp && h("small", { class: "edited" }, word("edited"));
  const buttons = components(message, kept);
  return [
    message.message_snapshots?.map((one) => forwarded(one.message, message.message_reference, kept)),
    message.content && h("div", { class: "text content", testid: "content" }, markdown(message.content), edited),
    message.attachments?.length ? h("div", { class: "attachments" }, message.attachments.map((one) => attachment(one, kept))) : null,
    message.embeds?.map((one) => embed(one, kept)),
    buttons.length ? h("div", { class: "components", testid: "components" }, buttons) : null,
    message.thread && threadButton(message.thread.id),
  ];
}

/** What a message passes on: it is only to look at, so that there are no buttons. */
function forwarded(snapshot, reference, kept) {
  const channel = channelById(reference?.channel_id);
  const from = [channel && word("forward_from", { channel: channel.parent_id ? channel.name : `#${channel.name}` }), messageTime(snapshot.timestamp)].filter(Boolean).join(" · ");
  return h(
    "div",
    { class: "forwarded", testid: "forwarded" },
    h("div", { class: "forwarded-title" }, icon("forward", 14), word("forwarded")),
    snapshot.content && h("div", { class: "text" }, markdown(snapshot.content)),
    snapshot.attachments.length ? h("div", { class: "attachments" }, snapshot.attachments.map((one) => attachment(one, kept))) : null,
    snapshot.embeds.map((one) => embed(one, kept)),
    h("small", {}, from),
  );
}

/** "is thinking", or why nothing came of it. */
function waiting(message) {
  const failure = failureOf(message);
  return failure ? h("div", { class: "warning", role: "alert" }, failure) : thinking(message);
}

function thinking({ author }) {
  const dots = h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
  return h("div", { class: "thinking", role: "status" }, dots, `${word("thinking", { name: displayName(author) })}…`);
}

function causeLine(cause) {
  const who = cause.user?.global_name ?? userName(cause.user?.id ?? "");
  const name = cause.name ?? "";
  const what = name && h("span", { class: "mention" }, cause.command_type === 1 || cause.command_type === undefined ? `/${name}` : name);
  return h("div", { class: "cause" }, icon("reply", 14), h("strong", {}, who), what && ` ${word("used")} `, what);
}

function replyLine(message) {
  const text = message.content?.slice(0, 120) || "…";
  return h("div", { class: "cause" }, icon("reply", 14), h("strong", {}, displayName(message.author)), ` ${text}`);
}

function ephemeralLine(message) {
  const button = h("button", { class: "as-link", type: "button", onclick: () => dismiss(message) }, word("dismiss"));
  return h("div", { class: "ephemeral-line" }, icon("eye", 14), word("ephemeral"), " · ", button);
}

function appsButton(messageId) {
  const props = { class: "icon-button apps", type: "button", title: word("apps"), "aria-label": `${word("more")}: ${word("apps")}`, testid: "apps" };
  return h("button", { ...props, onclick: (event) => openApps(event, messageId) }, icon("dots"));
}

function openApps(event, messageId) {
  // A right click on a picture or link keeps the browser's own menu, for saving or copying.
  if (event.type === "contextmenu" && event.target.closest("a, img, .picture")) return;
  event.preventDefault();
  const message = messageById(messageId);
  const entries = state.commands
    .filter((command) => command.type === MESSAGE_MENU)
    .map((command) => ({ label: localised(command, "name"), onclick: () => run(command, message) }));
  const anchor = anchorOf(event);
  if (!(message.flags & EPHEMERAL)) entries.push({ label: word("forward"), onclick: () => chooseChannel(message, anchor) });
  menu(entries, anchor, { title: word("apps"), empty: word("no_apps") });
}

/** Ask where a message goes, and pass it on. */
function chooseChannel(message, anchor) {
  const entries = state.guild.channels.map((channel) => ({ label: `#${channel.name}`, onclick: () => pass(message, channel.id) }));
  menu(entries, anchor, { title: word("forward_to"), empty: word("nothing") });
}

async function pass(message, channelId) {
  try {
    await forwardMessage(state.me.id, message, channelId);
  } catch (error) {
    complain(message, error.message);
  }
}

/** Say below a message what went wrong with it. */
function complain(message, text) {
  const note = h("div", { class: "warning", role: "alert" }, text);
  document.querySelector(`[data-id="${message.id}"] .body`)?.append(note);
}

function anchorOf(event) {
  if (event.type !== "contextmenu" || !event.clientX) return event.currentTarget;
  const { clientX: left, clientY: top } = event;
  return { getBoundingClientRect: () => ({ left, top, bottom: top, width: 0 }) };
}

async function run(command, message) {
  const nonce = crypto.randomUUID();
  expect(nonce, (outcome) => {
    if (outcome.failed) complain(message, outcome.message ?? word("no_answer"));
    if (outcome.modal) openModal(outcome.modal, message.channel_id);
  });
  const data = { name: command.name, type: command.type, target_id: message.id };
  try {
    await interact(state.me.id, message.channel_id, locale(), 2, data, { nonce });
  } catch (error) {
    complain(message, error.message);
  }
}
