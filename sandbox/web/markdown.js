// The part of Discord's markdown that bots use, as elements.

import { h, safeUrl } from "./dom.js";
import { locale, word } from "./i18n.js";
import { channelById, openChannel, state } from "./store.js";

const INLINE = [
  ["escape", /^\\([\\`*_~|>#\-[\]()<:])/],
  ["code", /^(`{1,2})([\s\S]*?[^`])\1(?!`)/],
  ["link", /^\[([^\]]+)\]\(<?(https?:\/\/[^\s)>]+)>?\)/],
  ["url", /^<?(https?:\/\/[^\s<>]*[^\s<>.,:;"')\]!?])>?/],
  ["mention", /^<@!?(\d+)>/],
  ["role", /^<@&(\d+)>/],
  ["everyone", /^@(everyone|here)\b/],
  ["emoji", /^<a?:(\w+):\d+>/],
  ["channel", /^<#(\d+)>/],
  ["command", /^<\/([^:>]+):\d+>/],
  ["time", /^<t:(-?\d+)(?::([tTdDfFR]))?>/],
  ["bold", /^\*\*([\s\S]+?)\*\*(?!\*)/],
  ["underline", /^__([\s\S]+?)__(?!_)/],
  ["italic", /^\*(?=\S)([\s\S]*?\S)\*(?!\*)/],
  ["italic", /^_(?=\S)([\s\S]*?\S)_(?![\w_])/],
  ["strike", /^~~([\s\S]+?)~~/],
  ["spoiler", /^\|\|([\s\S]+?)\|\|/],
];

const make = {
  escape: (match) => match[1],
  code: (match) => h("code", {}, match[2]),
  link: (match) => link(match[2], inline(match[1])),
  url: (match) => link(match[1], [match[1]]),
  mention: (match) => h("span", { class: "mention" }, `@${userName(match[1])}`),
  role: (match) => h("span", { class: "mention" }, `@${roleName(match[1])}`),
  everyone: (match) => h("span", { class: "mention" }, match[0]),
  emoji: (match) => `:${match[1]}:`,
  channel: (match) => channelLink(match[1]),
  command: (match) => h("span", { class: "mention" }, `/${match[1]}`),
  time: (match) => timeElement(Number(match[1]), match[2]),
  bold: (match) => h("strong", {}, inline(match[1])),
  underline: (match) => h("u", {}, inline(match[1])),
  italic: (match) => h("em", {}, inline(match[1])),
  strike: (match) => h("s", {}, inline(match[1])),
  spoiler: (match) => spoiler(match[1]),
};

/** One line's or paragraph's nodes. */
export function inline(text) {
  const nodes = [];
  let plain = "";
  let rest = text;
  while (rest) {
    const found = firstMatch(rest, plain);
    if (found) {
      if (plain) nodes.push(plain);
      plain = "";
      nodes.push(make[found.kind](found.match));
      rest = rest.slice(found.match[0].length);
    } else {
      plain += rest[0];
      rest = rest.slice(1);
    }
  }
  if (plain) nodes.push(plain);
  return nodes;
}

function firstMatch(rest, before) {
  for (const [kind, pattern] of INLINE) {
    // An underscore within a word, as in a_file_name, is only an underscore.
    if (kind !== "escape" && rest[0] === "_" && /\w$/.test(before)) continue;
    const match = pattern.exec(rest);
    if (match) return { kind, match };
  }
  return null;
}

/**
 * A whole text: code blocks, headings, quotes, lists, paragraphs.
 * @param {string} text
 * @returns {Node[]}
 */
export function markdown(text) {
  const nodes = [];
  for (const part of text.split(/(```[\s\S]*?```)/)) {
    const code = /^```(?:[\w+-]*\n)?([\s\S]*?)\n?```$/.exec(part);
    if (code) nodes.push(h("pre", {}, h("code", {}, code[1])));
    else if (part) nodes.push(...blocks(part.replace(/^\n|\n$/g, "")));
  }
  return nodes;
}

const BLOCKS = [
  [/^(#{1,3}) +(.+)$/, (match) => h(`h${match[1].length + 2}`, {}, inline(match[2]))],
  [/^-# +(.+)$/, (match) => h("small", { class: "subtext" }, inline(match[1]))],
  [/^> ?(.*)$/, (match) => h("blockquote", {}, inline(match[1]))],
  [/^\s*[-*] +(.+)$/, (match) => h("div", { class: "item" }, inline(match[1]))],
  [/^\s*(\d+)\. +(.+)$/, (match) => h("div", { class: "item numbered", "data-number": `${match[1]}.` }, inline(match[2]))],
];

function blocks(text) {
  const nodes = [];
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    const rest = /^>>> ([\s\S]*)$/.exec(lines.slice(index).join("\n"));
    if (rest) return [...nodes, h("blockquote", {}, blocks(rest[1]))];
    const found = BLOCKS.map(([pattern, build]) => [pattern.exec(line), build]).find(([match]) => match);
    nodes.push(found ? found[1](found[0]) : h("div", { class: "line" }, line ? inline(line) : h("br")));
  }
  return nodes;
}

function link(url, content) {
  return h("a", { href: safeUrl(url), target: "_blank", rel: "noreferrer noopener" }, content);
}

function spoiler(text) {
  const reveal = (event) => event.currentTarget.classList.add("shown");
  const press = (event) => ["Enter", " "].includes(event.key) && reveal(event);
  return h("span", { class: "spoiler", role: "button", tabindex: 0, "aria-label": word("spoiler"), onclick: reveal, onkeydown: press }, inline(text));
}

/** The name by which a member is shown. */
export function userName(id) {
  const user = id === state.bot.id ? state.bot : state.users.find((one) => one.id === id);
  return user ? (user.global_name ?? user.username) : id;
}

function roleName(id) {
  return state.guild.roles.find((one) => one.id === id)?.name ?? word("role");
}

/** A channel or thread by its name, which opens it; by its id where there is none any more. */
function channelLink(id) {
  const place = channelById(id);
  if (!place) return h("span", { class: "mention" }, `#${id}`);
  const label = place.parent_id ? place.name : `#${place.name}`;
  return h("button", { class: "mention", type: "button", "data-url": `#${id}`, onclick: () => openChannel(id) }, label);
}

const STYLES = {
  t: { timeStyle: "short" }, T: { timeStyle: "medium" }, d: { dateStyle: "short" }, D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" }, F: { dateStyle: "full", timeStyle: "short" },
};
const UNITS = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]];

function timeElement(seconds, style) {
  const props = { title: new Date(seconds * 1000).toString(), "data-seconds": style === "R" ? seconds : null };
  return h("time", props, timestamp(seconds, style));
}

/** Let "two minutes ago" become "three minutes ago". */
export function refreshTimes(element) {
  for (const one of element.querySelectorAll("time[data-seconds]")) {
    const text = timestamp(Number(one.dataset.seconds), "R");
    if (one.textContent !== text) one.textContent = text;
  }
}

function timestamp(seconds, style = "f") {
  if (style !== "R") return new Intl.DateTimeFormat(locale(), STYLES[style]).format(seconds * 1000);
  const away = seconds - Date.now() / 1000;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(away) >= length) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(Math.round(away / size), unit);
}

/** Hours and minutes. */
export function clockTime(iso) {
  return new Intl.DateTimeFormat(locale(), { timeStyle: "short" }).format(new Date(iso));
}

/** When a message was written: the time for today's, the date as well for others. */
export function messageTime(iso) {
  const date = new Date(iso);
  const time = clockTime(iso);
  if (date.toDateString() === new Date().toDateString()) return word("today", { time });
  return new Intl.DateTimeFormat(locale(), { dateStyle: "short", timeStyle: "short" }).format(date);
}
