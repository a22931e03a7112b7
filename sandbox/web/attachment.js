// Choosing files: by dialog, by dropping or pasting them, or from the ready-made pictures.

import { fill, h, icon } from "./dom.js";
import { word } from "./i18n.js";
import { state } from "./store.js";

const MAX_FILE_BYTES = 10 * 1024 * 1024;

/**
 * A field for files.
 * @param {{max?: number, label: string}} options
 * @returns {{element: HTMLElement, read(): null | {problem: string} | {items: ({file: File} | {starter: object})[]}, focus(): void,
 *   take(files: File[]): void, pick(starter: object): void}}
 */
export function attachmentField({ max = 1, label }) {
  let chosen = [];
  let urls = [];
  const input = h("input", { type: "file", class: "visually-hidden", tabindex: "-1", multiple: max > 1, "aria-label": label, testid: "file-input" });
  const zone = h("button", { class: "drop-zone", type: "button", testid: "drop-zone", onclick: () => input.click() });
  const tray = h("div", { class: "tray", role: "group", "aria-label": word("ready_made") });
  const title = h("div", { class: "tray-title" }, word("ready_made"));
  const element = h("div", { class: "attachment-field" }, input, zone, state.starter.length > 0 && h("div", { class: "tray-side" }, title, tray));

  function choose(items) {
    chosen = items;
    draw();
    zone.focus({ preventScroll: true });
  }

  /** Another click on what is chosen takes it away where several may be; else the newest choice wins. */
  function pick(starter) {
    const without = chosen.filter((one) => one.starter?.filename !== starter.filename);
    const again = max > 1 && without.length < chosen.length;
    choose(again ? without : [...without, { starter }].slice(-max));
  }

  function take(files) {
    if (files.length) choose([...chosen, ...files.map((file) => ({ file }))].slice(-max));
  }

  function draw() {
    urls.forEach((url) => URL.revokeObjectURL(url));
    urls = [];
    const names = chosen.map(nameOf).join(", ");
    zone.classList.toggle("chosen", chosen.length > 0);
    zone.setAttribute("aria-label", `${label}: ${names || word("drop")}`);
    const previews = chosen.length ? chosen.slice(0, 4).map(preview) : icon("picture", 26);
    fill(zone, h("span", { class: "previews" }, previews), names && h("strong", {}, names), h("small", {}, chosen.length ? word("replace") : word("drop")));
    tray.querySelectorAll(".starter").forEach((one) => one.setAttribute("aria-pressed", String(isChosen(one.dataset.filename))));
  }

  function preview({ file, starter }) {
    if (starter) return h("img", { src: starter.url, alt: "" });
    if (!file.type.startsWith("image/")) return icon("file", 34);
    urls.push(URL.createObjectURL(file));
    return h("img", { src: urls.at(-1), alt: "" });
  }

  function isChosen(filename) {
    return chosen.some((one) => one.starter?.filename === filename);
  }

  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = ""; // so that the same file can be chosen again after it was changed
  });
  fill(tray, state.starter.map((one) => starterButton(one, () => pick(one))));
  draw();
  const read = () => {
    if (!chosen.length) return null;
    if (chosen.some((one) => one.file?.size > MAX_FILE_BYTES)) return { problem: word("too_large") };
    return { items: chosen };
  };
  return { element, read, take, pick, focus: () => zone.focus() };
}

function nameOf({ file, starter }) {
  return file?.name ?? starter.filename;
}

function starterButton(one, onclick) {
  const text = one.description || one.filename;
  const props = { class: "starter", type: "button", title: text, "aria-pressed": "false" };
  const image = h("img", { src: one.url, alt: text, width: 60, height: 60, decoding: "async" });
  return h("button", { ...props, testid: "starter-picture", "data-filename": one.filename, onclick }, image);
}

/** The values that name chosen files in a request; uploads are added to `files`. */
export function fileValues(items, files) {
  return items.map(({ file, starter }) => (starter ? `starter:${starter.filename}` : `files[${files.push(file) - 1}]`));
}
