// Where one writes: a text with files, or a command.

import { sendMessage } from "./api.js";
import { commandForm, commandList } from "./command-form.js";
import { commandPicker } from "./command-picker.js";
import { converting, fill, h, icon } from "./dom.js";
import { word } from "./i18n.js";
import { channelById, on, state } from "./store.js";

const MAX_FILES = 10;
const TALLEST_PX = 220;

/**
 * The composer.
 * @returns {{element: HTMLElement, start(command: string, starter?: object): void, take(files: File[]): void, focus(): void}}
 */
export function composer() {
  let files = [];
  let form = null;
  let sending = false;
  let member = null;
  const input = h("textarea", { class: "composer-input", rows: 1, maxlength: 2000, testid: "composer", "aria-autocomplete": "list" });
  const picker = h("input", { type: "file", multiple: true, class: "visually-hidden", tabindex: "-1", "aria-hidden": "true", testid: "message-files" });
  const attach = h("button", { class: "icon-button", type: "button", onclick: () => picker.click() }, icon("plus", 20));
  const send = h("button", { class: "icon-button send", type: "button", testid: "send-message", onclick: () => submit() }, icon("send", 20));
  const chosen = h("div", { class: "chosen-files" });
  const problem = h("div", { class: "warning", role: "alert", testid: "composer-problem" });
  const progress = h("div", { class: "sending", role: "status" });
  const list = commandPicker(input, (command) => open(command));
  const writing = h("div", { class: "writing" }, chosen, h("div", { class: "composer-line" }, attach, picker, input, send));
  const slot = h("div", { class: "composer-slot" }, writing);
  const element = h("div", { class: "composer" }, list.element, problem, progress, slot);

  function label() {
    const place = channelById(state.channelId);
    input.placeholder = word("placeholder", { channel: place?.parent_id ? place.name : `#${place?.name ?? ""}` });
    input.setAttribute("aria-label", input.placeholder);
    for (const [button, key] of [[attach, "attach"], [send, "send"]]) {
      button.title = word(key);
      button.setAttribute("aria-label", word(key));
    }
  }

  function open(command) {
    input.value = "";
    problem.textContent = "";
    list.close();
    form = commandForm(command, { onclose: close, onsend: (outcome) => watch(command, outcome) });
    fill(slot, form.element);
    form.focus();
  }

  function close() {
    form = null;
    fill(slot, writing);
    grow();
    input.focus();
  }

  async function watch(command, outcome) {
    const text = word("sending", { command: command.label });
    progress.textContent = text;
    const failure = await outcome;
    if (progress.textContent === text) progress.textContent = "";
    if (failure) problem.textContent = `/${command.label}: ${failure}`;
  }

  function grow() {
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, TALLEST_PX)}px`;
  }

  function setFiles(next) {
    files = next;
    chosen.querySelectorAll("img").forEach((image) => URL.revokeObjectURL(image.src));
    fill(chosen, files.map((file) => fileChip(file, () => setFiles(files.filter((one) => one !== file)))));
  }

  async function write() {
    const text = input.value.trim();
    if (sending || (!text && !files.length)) return;
    sending = true;
    try {
      await sendMessage(state.me.id, state.channelId, text, files);
      input.value = "";
      problem.textContent = "";
      setFiles([]);
      grow();
    } catch (error) {
      problem.textContent = error instanceof TypeError ? word("sandbox_away") : error.message;
    } finally {
      sending = false;
    }
  }

  /** Take the marked command, or send the text; a text that only looks like a command is not sent. */
  function submit() {
    list.draw();
    if (list.choose()) return;
    if (list.isOpen()) problem.textContent = word("no_match");
    else write();
  }

  function take(more) {
    if (form) return form.take(more);
    problem.textContent = files.length + more.length > MAX_FILES ? word("too_many", { value: MAX_FILES }) : "";
    setFiles([...files, ...more].slice(0, MAX_FILES));
    input.focus();
  }

  input.addEventListener("input", () => {
    problem.textContent = "";
    grow();
    list.draw();
  });
  input.addEventListener("keydown", (event) => {
    if (converting(event) || list.key(event)) return;
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    submit();
  });
  input.addEventListener("blur", () => list.close());
  input.addEventListener("focus", () => list.draw());
  send.addEventListener("pointerdown", (event) => event.preventDefault()); // the text keeps the focus, and its list open
  picker.addEventListener("change", () => {
    take([...picker.files]);
    picker.value = "";
  });
  for (const topic of ["state", "channel", "threads"]) on(topic, label);
  on("state", () => {
    if (form && member !== state.me.id) close(); // another member may have other commands, and reads another language
    member = state.me.id;
  });
  on("commands", () => list.isOpen() && list.draw());

  const start = (name, starter) => {
    const command = commandList().find((one) => one.plain === name);
    if (!command) return;
    open(command);
    if (starter) form.pick(starter);
  };
  return { element, start, take, focus: () => (form ?? input).focus() };
}

function fileChip(file, remove) {
  const preview = file.type.startsWith("image/") ? h("img", { src: URL.createObjectURL(file), alt: "" }) : icon("file", 20);
  const button = h("button", { type: "button", class: "icon-button", "aria-label": `${word("remove")}: ${file.name}`, onclick: remove }, icon("close", 14));
  return h("div", { class: "file-chip", testid: "file-chip" }, preview, h("span", {}, file.name), button);
}
