// Pictures, files and embeds of a message.

import { h, icon, safeUrl, trapFocus } from "./dom.js";
import { word } from "./i18n.js";
import { inline, markdown, messageTime } from "./markdown.js";

const MAX_WIDTH = 560;
const MAX_HEIGHT = 440;

/**
 * A picture in its final size from the start, so that nothing jumps when it arrives. `kept` maps addresses to elements
 * of the message's former state: the same picture is not loaded again, which would make it flicker.
 */
export function picture(media, alt, kept, limits = [MAX_WIDTH, MAX_HEIGHT]) {
  const same = kept?.get(media.url);
  if (same) {
    kept.delete(media.url);
    return same;
  }
  const { width = limits[0], height = limits[1] } = media;
  const scale = Math.min(1, limits[0] / width, limits[1] / height);
  const size = `width:${Math.round(width * scale)}px;aspect-ratio:${Number(width)}/${Number(height)}`;
  const image = h("img", { src: media.url, alt: alt ?? "", loading: "lazy", decoding: "async" });
  const open = () => lightbox(media.url, alt);
  const label = `${word("open_picture")}${alt ? `: ${alt}` : ""}`;
  return h("button", { class: "picture", type: "button", style: size, "data-url": media.url, "aria-label": label, onclick: open }, image);
}

/** The picture elements of a message, by address. */
export function pictureElements(element) {
  return new Map([...(element?.querySelectorAll(".picture") ?? [])].map((one) => [one.dataset.url, one]));
}

function lightbox(url, alt) {
  const before = document.activeElement;
  const close = () => {
    dialog.remove();
    before?.focus();
  };
  const keys = (event) => {
    if (event.key === "Escape") close();
    trapFocus(dialog, event);
  };
  const button = h("button", { class: "icon-button", type: "button", "aria-label": word("close"), title: word("close"), onclick: close }, icon("close", 22));
  const save = h("a", { class: "icon-button", href: safeUrl(url), download: true, "aria-label": word("download"), title: word("download"), onclick: (event) => event.stopPropagation() }, icon("download", 22));
  const content = [h("img", { src: url, alt: alt ?? "" }), h("div", { class: "lightbox-tools" }, save, button)];
  const dialog = h("div", { class: "lightbox", role: "dialog", "aria-modal": "true", "aria-label": alt || word("open_picture"), testid: "lightbox", onclick: close, onkeydown: keys }, content);
  document.body.append(dialog);
  button.focus();
}

/** An attached file: shown where it is a picture, offered for download where not. */
export function attachment(file, kept) {
  if (file.content_type?.startsWith("image/") && file.width) return picture(file, file.description ?? file.filename, kept);
  const size = file.size < 1024 * 1024 ? `${Math.ceil(file.size / 1024)} KiB` : `${(file.size / 1024 / 1024).toFixed(1)} MiB`;
  const text = h("span", {}, h("strong", {}, file.filename), h("small", {}, size));
  return h("a", { class: "file", href: safeUrl(file.url), download: file.filename }, icon("file", 24), text, icon("download", 18));
}

/**
 * A rich embed.
 * @param {object} data a Discord embed object
 * @param {Map<string, HTMLElement>} kept pictures by address
 */
export function embed(data, kept) {
  const colour = data.color ? `#${data.color.toString(16).padStart(6, "0")}` : "var(--line)";
  return h(
    "article",
    { class: "embed", style: `border-left-color:${colour}` },
    data.thumbnail && h("div", { class: "thumbnail" }, picture(data.thumbnail, "", kept, [80, 80])),
    embedText(data),
    data.image && picture(data.image, data.title, kept, [MAX_WIDTH - 32, MAX_HEIGHT]),
    foot(data),
  );
}

function embedText(data) {
  return h(
    "div",
    { class: "embed-text" },
    data.author && h("div", { class: "embed-author" }, linked(data.author.url, data.author.name)),
    data.title && h("div", { class: "embed-title" }, linked(data.url, inline(data.title))),
    data.description && h("div", { class: "text" }, markdown(data.description)),
    data.fields?.length > 0 && h("div", { class: "fields" }, data.fields.map(field)),
  );
}

function foot({ footer, timestamp }) {
  const parts = [footer?.text, timestamp && messageTime(timestamp)].filter(Boolean);
  return parts.length > 0 && h("footer", {}, parts.join(" · "));
}

function linked(url, content) {
  return safeUrl(url) ? h("a", { href: url, target: "_blank", rel: "noreferrer noopener" }, content) : h("span", {}, content);
}

function field(data) {
  const value = h("div", { class: "text" }, markdown(data.value));
  return h("div", { class: data.inline ? "field inline" : "field" }, h("strong", {}, inline(data.name)), value);
}
