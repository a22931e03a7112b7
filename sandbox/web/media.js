// Pictures, files and embeds of a message.

import { h, icon, trapFocus } from "./dom.js";
import { word } from "./i18n.js";
import { inline, markdown } from "./markdown.js";

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
  const size = `width:${Math.round(width * scale)}px;aspect-ratio:${width}/${height}`;
  const image = h("img", { src: media.url, alt: alt ?? "", loading: "lazy", decoding: "async" });
  const open = () => lightbox(media.url, alt);
  const label = `${word("open_picture")}${alt ? `: ${alt}` : ""}`;
  return h("button", { class: "picture", style: size, "data-url": media.url, "aria-label": label, onclick: open }, image);
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
  const button = h("button", { class: "icon-button", "aria-label": word("close"), onclick: close }, icon("close", 22));
  const content = [h("img", { src: url, alt: alt ?? "" }), button];
  const dialog = h("div", { class: "lightbox", role: "dialog", "aria-modal": "true", onclick: close, onkeydown: keys }, content);
  document.body.append(dialog);
  button.focus();
}

/** An attached file: shown where it is a picture, offered for download where not. */
export function attachment(file, kept) {
  if (file.content_type?.startsWith("image/") && file.width) return picture(file, file.description ?? file.filename, kept);
  const size = file.size < 1024 * 1024 ? `${Math.ceil(file.size / 1024)} KiB` : `${(file.size / 1024 / 1024).toFixed(1)} MiB`;
  const text = h("span", {}, h("strong", {}, file.filename), h("small", {}, size));
  return h("a", { class: "file", href: file.url, download: file.filename }, icon("file", 24), text);
}

/** A rich embed. */
export function embed(data, kept) {
  const colour = data.color ? `#${data.color.toString(16).padStart(6, "0")}` : "var(--line)";
  return h(
    "article",
    { class: "embed", style: `border-left-color:${colour}` },
    data.thumbnail && h("div", { class: "thumbnail" }, picture(data.thumbnail, "", kept, [80, 80])),
    data.author && h("div", { class: "embed-author" }, linked(data.author.url, data.author.name)),
    data.title && h("div", { class: "embed-title" }, linked(data.url, inline(data.title))),
    data.description && h("div", { class: "text" }, markdown(data.description)),
    data.fields && h("div", { class: "fields" }, data.fields.map(field)),
    data.image && picture(data.image, data.title, kept, [MAX_WIDTH - 32, MAX_HEIGHT]),
    data.footer && h("footer", {}, data.footer.text),
  );
}

function linked(url, content) {
  return url ? h("a", { href: url, target: "_blank", rel: "noreferrer noopener" }, content) : h("span", {}, content);
}

function field(data) {
  const value = h("div", { class: "text" }, markdown(data.value));
  return h("div", { class: data.inline ? "field inline" : "field" }, h("strong", {}, inline(data.name)), value);
}
