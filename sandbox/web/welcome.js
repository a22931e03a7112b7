// What an empty channel says: what to try first.

import { commandList } from "./command-form.js";
import { h, icon } from "./dom.js";
import { word } from "./i18n.js";
import { channelById, state } from "./store.js";

const FIRST = "classify";
const SHOWN_PICTURES = 12;
const SHOWN_COMMANDS = 8;

/** The welcome; `start(command, starter?)` opens a command, with a picture where one is given. */
export function welcome(start) {
  const channel = channelById(state.channelId);
  if (channel?.parent_id) return h("section", { class: "welcome", testid: "welcome" }, h("h2", {}, `${word("thread")}: ${channel.name}`));
  const commands = commandList();
  const first = commands.find((one) => one.plain === FIRST);
  const others = commands.filter((one) => one !== first).slice(0, SHOWN_COMMANDS);
  return h(
    "section",
    { class: "welcome", testid: "welcome" },
    h("img", { class: "welcome-mark", src: "/web/icon.svg", alt: "", width: 72, height: 72 }),
    h("h2", {}, word("welcome", { channel: channel?.name })),
    h("p", {}, word("welcome_1")),
    first && tryFirst(start, first),
    others.length > 0 && h("p", { class: "welcome-more" }, word("more_commands")),
    h("div", { class: "welcome-commands" }, others.map((one) => commandChip(one, start))),
  );
}

function tryFirst(start, command) {
  const press = () => start(FIRST);
  const button = h("button", { class: "button primary", type: "button", testid: "try-it", onclick: press }, icon("picture"), word("try_it", { command: command.label }));
  const pictures = state.starter.slice(0, SHOWN_PICTURES).map((one) => pictureButton(one, start));
  const steps = ["step_1", "step_2", "step_3"].map((key) => h("li", {}, word(key, { command: command.label })));
  return h("div", { class: "welcome-first" }, h("ol", {}, steps), h("div", { class: "welcome-pictures" }, pictures), button);
}

function pictureButton(starter, start) {
  const label = starter.description || starter.filename;
  const image = h("img", { src: starter.url, alt: label, width: 72, height: 72 });
  return h("button", { class: "starter", type: "button", title: label, "data-filename": starter.filename, onclick: () => start(FIRST, starter) }, image);
}

function commandChip(command, start) {
  return h("button", { class: "chip", type: "button", title: command.description, onclick: () => start(command.plain) }, `/${command.label}`);
}
