// Where one writes: a text with files, or a command.

import { sendMessage } from "./api.js";
import { commandForm, invocable } from "./command-form.js";
import { fill, h, icon } from "./dom.js";
import { word } from "./i18n.js";
import { on, state } from "./store.js";

const MAX_SHOWN = 8;

/** The composer: {element, start(commandName), take(files)}. */
export function composer() {
  let files = [];
  let form = null;
  let at = 0; // the marked command of the list
  const input = h("textarea", { class: "composer-input", rows: 1, maxlength: 2000, testid: "composer" });
  const picker = h("input", { type: "file", multiple: true, class: "visually-hidden", tabindex: "-1", testid: "message-files" });
  const attach = h("button", { class: "icon-button", type: "button", onclick: () => picker.click() }, icon("plus", 20));
  const send = h("button", { class: "icon-button send", type: "button", testid: "send-message", onclick: () => write() }, icon("send", 20));
  const chosen = h("div", { class: "chosen-files" });
  const problem = h("div", { class: "warning", role: "alert", testid: "composer-problem" });
  const list = h("div", { class: "command-list", role: "listbox", hidden: true, testid: "command-list" });
  const writing = h("div", { class: "writing" }, chosen, h("div", { class: "composer-line" }, attach, picker, input, send));
  const slot = h("div", { class: "composer-slot" }, writing);
  const element = h("div", { class: "composer" }, list, problem, slot);

  function label() {
    const channel = state.guild.channels.find((one) => one.id === state.channelId)?.name ?? "";
    input.placeholder = word("placeholder", { channel });
    input.setAttribute("aria-label", input.placeholder);
    for (const [button, key] of [[attach, "attach"], [send, "send"]]) {
      button.title = word(key);
      button.setAttribute("aria-label", word(key));
    }
  }

  function matches() {
    const typed = /^\/(.*)$/s.exec(input.value)?.[1];
    if (typed === undefined || typed.includes("\n")) return null;
    const wanted = typed.trim().toLowerCase();
    const fits = (one) => one.label.toLowerCase().includes(wanted) || one.plain.includes(wanted);
    const first = (one) => Number(!(one.label.startsWith(wanted) || one.plain.startsWith(wanted)));
    return invocable().filter(fits).sort((a, b) => first(a) - first(b));
  }

  function drawList() {
    const found = matches();
    list.hidden = found === null;
    if (!found) return;
    at = Math.min(at, Math.max(0, found.length - 1));
    const items = found.map((one, index) => {
      const props = { class: "option", role: "option", "aria-selected": String(index === at), onclick: () => open(one), "data-command": one.plain };
      return h("div", props, h("strong", {}, `/${one.label}`), h("span", {}, one.description));
    });
    fill(list, items.length ? items : h("div", { class: "menu-empty" }, word("no_match")));
    list.style.setProperty("--shown", MAX_SHOWN);
    items[at]?.scrollIntoView({ block: "nearest" });
  }

  function open(command) {
    input.value = "";
    problem.textContent = "";
    list.hidden = true;
    form = commandForm(command, { onclose: close, onfail: (text) => (problem.textContent = text) });
    fill(slot, form.element);
    form.focus();
  }

  function close() {
    form = null;
    fill(slot, writing);
    grow();
    input.focus();
  }

  function grow() {
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, 220)}px`;
  }

  function drawFiles() {
    const remove = (file) => {
      files = files.filter((one) => one !== file);
      drawFiles();
    };
    const chip = (file) => {
      const preview = file.type.startsWith("image/") ? h("img", { src: URL.createObjectURL(file), alt: "" }) : icon("file", 20);
      const button = h("button", { type: "button", class: "icon-button", "aria-label": `${word("remove")}: ${file.name}`, onclick: () => remove(file) }, icon("close", 14));
      return h("div", { class: "file-chip" }, preview, h("span", {}, file.name), button);
    };
    fill(chosen, files.map(chip));
  }

  async function write() {
    const text = input.value.trim();
    if (!text && !files.length) return;
    try {
      await sendMessage(state.me.id, state.channelId, text, files);
      input.value = "";
      files = [];
      problem.textContent = "";
      drawFiles();
      grow();
    } catch (error) {
      problem.textContent = error.message;
    }
  }

  input.addEventListener("input", () => {
    at = 0;
    grow();
    drawList();
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // Enter that ends a Japanese conversion sends nothing
    const found = matches();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (found && step) at = (at + step + found.length) % Math.max(1, found.length);
    else if (found && ["Enter", "Tab"].includes(event.key) && found.length) open(found[at]);
    else if (found && event.key === "Escape") input.value = "";
    else if (event.key === "Enter" && !event.shiftKey) write();
    else return;
    event.preventDefault();
    if (!form) drawList();
  });
  picker.addEventListener("change", () => {
    take([...picker.files]);
    picker.value = "";
  });

  function take(more) {
    if (form) return form.take(more[0]);
    files = [...files, ...more].slice(0, 10);
    drawFiles();
    input.focus();
  }

  for (const topic of ["state", "channel"]) on(topic, label);
  on("state", () => form && close());
  on("commands", () => !list.hidden && drawList());
  const start = (name) => {
    const command = invocable().find((one) => one.plain === name);
    if (command) open(command);
  };
  return { element, start, take };
}
