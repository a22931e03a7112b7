// Channels, whether the bot is there, and whom one is.

import { fill, h, icon } from "./dom.js";
import { locale, word } from "./i18n.js";
import { avatar } from "./message.js";
import { select } from "./select.js";
import { on, openChannel, state } from "./store.js";

/** {element, toggle, scrim}: on a narrow screen the sidebar comes out at the toggle and goes at the scrim. */
export function sidebar({ onmember, onchannel }) {
  const element = h("nav", { class: "sidebar", id: "sidebar", testid: "sidebar" });
  const toggle = h("button", { class: "icon-button toggle", type: "button", "aria-controls": "sidebar", "aria-expanded": "false", onclick: () => slide() }, icon("menu"));
  const scrim = h("div", { class: "scrim", onclick: () => slide(false) });
  element.addEventListener("keydown", (event) => event.key === "Escape" && slide(false));

  function slide(wanted) {
    const open = document.body.classList.toggle("sidebar-open", wanted);
    toggle.setAttribute("aria-expanded", String(open));
    if (open) element.querySelector("[aria-current]")?.focus();
    else if (element.contains(document.activeElement)) toggle.focus();
  }

  function draw() {
    document.documentElement.lang = locale();
    toggle.setAttribute("aria-label", word("menu"));
    element.setAttribute("aria-label", word("menu"));
    const brand = h("div", { class: "guild" }, h("img", { src: "/web/icon.svg", alt: "", width: 34, height: 34 }), h("div", {}, h("strong", {}, "Omokage sandbox"), h("small", {}, state.guild.name)));
    const channels = state.guild.channels.map((channel) => [channelButton(channel), threadsOf(channel).map(threadButton)]);
    fill(element, brand, h("div", { class: "label" }, word("channels")), channels, h("div", { class: "label" }, word("bot")), botLine(), h("div", { class: "grow" }), memberSwitch());
  }

  function channelButton(channel) {
    return placeButton(channel, "channel", "hash", { testid: "channel", "data-channel": channel.name });
  }

  function threadButton(thread) {
    const label = `${word("thread")}: ${thread.name}`;
    return placeButton(thread, "channel thread", "thread", { testid: "thread", "data-thread": thread.id, title: thread.name, "aria-label": label });
  }

  function placeButton(place, kind, sign, more) {
    const current = place.id === state.channelId;
    const unread = state.unread.has(place.id);
    const open = () => {
      slide(false);
      openChannel(place.id);
      onchannel();
    };
    const props = { class: unread ? `${kind} unread` : kind, type: "button", "aria-current": current ? "page" : null, onclick: open, ...more };
    return h("button", props, icon(sign, 16), h("span", { class: "name" }, place.name), unread && h("span", { class: "visually-hidden" }, `(${word("new_messages")})`));
  }

  function memberSwitch() {
    const options = state.users
      .filter((user) => !user.bot)
      .map((user) => ({ label: user.global_name ?? user.username, value: user.id, description: describe(user) }));
    const onchoose = ([id]) => {
      if (id === state.me.id) return;
      slide(false);
      onmember(id);
    };
    const chooser = select({ options, chosen: [state.me.id], label: word("choose_member"), testid: "member-switch", onchoose });
    return h("div", { class: "me" }, h("div", { class: "label" }, word("choose_member")), h("div", { class: "me-line" }, avatar(state.me), chooser));
  }

  for (const topic of ["state", "channel", "threads", "unread", "bot"]) on(topic, draw);
  return { element, toggle, scrim };
}

/** A channel's threads; an archived one is listed while it is open on the screen or has something new. */
function threadsOf(channel) {
  const shown = ({ id, thread_metadata: { archived } }) => !archived || id === state.channelId || state.unread.has(id);
  return state.guild.threads.filter((thread) => thread.parent_id === channel.id && shown(thread));
}

function describe(user) {
  const role = user.roles?.length ? word("moderator") : word("member");
  return user.locale === "ja" ? `${role} · 日本語` : `${role} · English`;
}

function botLine() {
  const { online } = state.bot;
  const text = h("span", {}, h("strong", {}, state.bot.global_name ?? state.bot.username), h("small", {}, online ? word("online") : word("offline")));
  return h("div", { class: online ? "bot-line online" : "bot-line", testid: "bot-status" }, avatar(state.bot), text);
}
