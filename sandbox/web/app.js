// The web chat of the sandbox. Plain modules, no build step.
//
// Hooks for browser tests (data-testid): member-switch, channel, messages, message (data-id, data-author, data-loading), content,
// components, apps, menu, composer, composer-problem, command-list, command-form, command-option (data-option), drop-zone, file-input,
// starter-picture (data-filename), send, send-message, message-files, suggestions, modal, banner, try-it. Buttons go by their text.

import { composer } from "./composer.js";
import { fill, h, icon } from "./dom.js";
import { locale, word } from "./i18n.js";
import { avatar } from "./message.js";
import { select } from "./select.js";
import { become, on, openChannel, state } from "./store.js";
import { timeline } from "./timeline.js";

const DEFAULT_MEMBER = "aiko";

const writer = composer();
const list = timeline({ start: (name) => writer.start(name) });
const sidebar = h("nav", { class: "sidebar", id: "sidebar" });
const banner = h("div", { class: "banner", role: "status", hidden: true, testid: "banner" });
const heading = h("h1", {});
const toggle = h("button", { class: "icon-button toggle", type: "button", "aria-controls": "sidebar", onclick: toggleSidebar }, icon("hash"));
const main = h("main", {}, h("header", { class: "top" }, toggle, heading), banner, list.element, writer.element);
const dropHint = h("div", { class: "drop-hint", hidden: true });

function toggleSidebar() {
  document.body.classList.toggle("sidebar-open");
}

function drawSidebar() {
  document.documentElement.lang = locale();
  toggle.setAttribute("aria-label", word("menu"));
  fill(sidebar, h("div", { class: "guild" }, h("img", { src: "/web/icon.svg", alt: "", width: 32, height: 32 }), state.guild.name), h("div", { class: "label" }, word("channels")), state.guild.channels.map(channelButton), h("div", { class: "grow" }), memberSwitch());
  drawHeading();
}

function channelButton(channel) {
  const open = () => {
    document.body.classList.remove("sidebar-open");
    openChannel(channel.id);
  };
  const current = channel.id === state.channelId ? "page" : null;
  return h("button", { class: "channel", type: "button", "aria-current": current, testid: "channel", onclick: open }, icon("hash", 16), channel.name);
}

function memberSwitch() {
  const options = state.users
    .filter((user) => !user.bot)
    .map((user) => ({ label: user.global_name ?? user.username, value: user.id, description: describe(user) }));
  const onchoose = ([id]) => id !== state.me.id && show(id);
  const chooser = select({ options, chosen: [state.me.id], label: word("choose_member"), testid: "member-switch", onchoose });
  return h("div", { class: "me" }, h("div", { class: "label" }, word("choose_member")), h("div", { class: "me-line" }, avatar(state.me), chooser));
}

function describe(user) {
  const role = user.roles?.length ? word("moderator") : word("member");
  return user.locale === "ja" ? `${role} · 日本語` : `${role} · English`;
}

function drawHeading() {
  const channel = state.guild.channels.find((one) => one.id === state.channelId);
  fill(heading, icon("hash", 20), h("span", {}, channel?.name ?? ""), channel?.topic && h("small", {}, channel.topic));
}

function drawBanner() {
  banner.hidden = state.connected && state.bot.online;
  banner.textContent = state.connected ? word("bot_away") : word("sandbox_away");
}

async function show(member) {
  try {
    await become(member);
    sessionStorage.setItem("member", member);
    history.replaceState(null, "", `?as=${member}`);
  } catch (error) {
    banner.hidden = false;
    banner.textContent = error.message;
  }
}

on("state", drawSidebar);
on("channel", drawSidebar);
for (const topic of ["state", "bot", "connection"]) on(topic, drawBanner);

let depth = 0; // dragenter and dragleave come in pairs for every element on the way
const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
addEventListener("dragenter", (event) => {
  if (!carriesFiles(event)) return;
  depth += 1;
  dropHint.textContent = word("drop_anywhere");
  dropHint.hidden = false;
});
addEventListener("dragleave", () => {
  depth = Math.max(0, depth - 1);
  dropHint.hidden = depth === 0;
});
addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
addEventListener("drop", (event) => {
  depth = 0;
  dropHint.hidden = true;
  if (!carriesFiles(event)) return;
  event.preventDefault();
  writer.take([...event.dataTransfer.files]);
});
addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  if (!files.length) return;
  event.preventDefault();
  writer.take(files);
});

document.getElementById("app").append(sidebar, main, dropHint);
show(new URLSearchParams(location.search).get("as") ?? sessionStorage.getItem("member") ?? DEFAULT_MEMBER);
