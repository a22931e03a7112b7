// Files that are dropped onto the window or pasted, wherever the reader is.

import { h, icon } from "./dom.js";
import { word } from "./i18n.js";

const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

/** Hand every dropped or pasted file to `take(files)`; a form that is open has the page to itself. */
export function dropAnywhere(take) {
  const text = h("span", {});
  const hint = h("div", { class: "drop-hint", hidden: true }, h("div", {}, icon("picture", 42), text));
  let depth = 0; // dragenter and dragleave come in pairs for every element on the way
  document.body.append(hint);

  function count(next) {
    depth = next;
    text.textContent = word("drop_anywhere");
    hint.hidden = depth <= 0;
  }

  addEventListener("dragenter", (event) => carriesFiles(event) && count(depth + 1));
  addEventListener("dragleave", (event) => carriesFiles(event) && count(Math.max(0, depth - 1)));
  addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    count(0);
    if (!carriesFiles(event)) return;
    event.preventDefault();
    if (!isCovered()) take([...event.dataTransfer.files]);
  });
  addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length || isCovered()) return;
    event.preventDefault();
    take(files);
  });
}

function isCovered() {
  return Boolean(document.querySelector("[aria-modal=true]"));
}
