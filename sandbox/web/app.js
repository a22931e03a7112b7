// The web chat of the sandbox. Plain modules, no build step.
//
// Hooks for browser tests (data-testid), stable:
//   member-switch (opens a listbox of members), sidebar, channel (data-channel), thread (data-thread), parent-channel, open-thread (data-thread), bot-status, banner, typing,
//   messages, message (data-id, data-author, data-loading), content, components, apps (opens menu), menu, new-messages,
//   composer, composer-problem, send-message, message-files, file-chip, command-list (its options have data-command),
//   command-form, command-option (data-option), command-problem, drop-zone, file-input, starter-picture (data-filename), send, suggestions,
//   welcome, try-it, modal, lightbox, forwarded. Components of a message have data-custom-id; buttons go by their text; options of
//   a listbox have data-value. A message's data-id is Discord's.

import { composer } from "./composer.js";
import { dropAnywhere } from "./drop.js";
import { fill, h, icon } from "./dom.js";
import { word } from "./i18n.js";
import { sidebar } from "./sidebar.js";
import { become, channelById, on, openChannel, state } from "./store.js";
import { timeline } from "./timeline.js";
import { typing } from "./typing.js";

const DEFAULT_MEMBER = "aiko";
const AGAIN_MS = 1000;

const writer = composer();
const list = timeline({ start: (name, file) => writer.start(name, file), leave: () => writer.focus() });
const side = sidebar({ onmember: (id) => show(id), onchannel: () => writer.focus() });
const banner = h("div", { class: "banner", role: "status", hidden: true, testid: "banner" });
const heading = h("h1", {});
const header = h("header", { class: "top" }, side.toggle, heading);
const main = h("main", {}, header, banner, list.element, typing(), writer.element);

function drawHeading() {
  const channel = channelById(state.channelId);
  const parent = channelById(channel?.parent_id);
  const name = channel?.name ?? "";
  const title = parent ? name : `#${name}`;
  document.title = name ? `${title} · Omokage sandbox` : "Omokage sandbox";
  if (!parent) return void fill(heading, icon("hash", 20), h("span", {}, name), channel?.topic && h("small", {}, channel.topic));
  const back = h("button", { class: "as-link", type: "button", testid: "parent-channel", onclick: () => openChannel(parent.id) }, `#${parent.name}`);
  const { archived, locked } = channel.thread_metadata;
  const condition = [archived && word("thread_archived"), locked && word("thread_locked")].filter(Boolean).join(", ");
  fill(heading, icon("thread", 20), back, h("span", { class: "parted", "aria-hidden": "true" }, "›"), h("span", { class: "name" }, name), condition && h("small", { class: "condition" }, condition));
}

function drawBanner() {
  const text = state.connected ? (state.bot.online ? "" : word("bot_away")) : word("sandbox_away");
  banner.hidden = !text;
  banner.classList.toggle("away", !state.connected);
  if (banner.textContent !== text) banner.textContent = text;
}

/** Become a member; one who is not there gives way to the first, and a sandbox that is away is waited for. */
async function show(member) {
  try {
    await become(member);
    sessionStorage.setItem("member", state.me.username);
    history.replaceState(null, "", `?as=${state.me.username}`);
  } catch (error) {
    if (error instanceof TypeError) setTimeout(() => show(member), AGAIN_MS);
    else if (member !== DEFAULT_MEMBER) return show(DEFAULT_MEMBER);
    banner.hidden = false;
    banner.textContent = error instanceof TypeError ? word("sandbox_away") : error.message;
  }
}

for (const topic of ["state", "channel", "threads"]) on(topic, drawHeading);
for (const topic of ["state", "bot", "connection"]) on(topic, drawBanner);
document.getElementById("app").append(side.element, side.scrim, main);
dropAnywhere((files) => writer.take(files));
show(new URLSearchParams(location.search).get("as") ?? sessionStorage.getItem("member") ?? DEFAULT_MEMBER);
