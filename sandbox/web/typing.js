// "Omokage is typing ...", over the composer.

import { h } from "./dom.js";
import { word } from "./i18n.js";
import { userName } from "./markdown.js";
import { on, state } from "./store.js";

const LASTS_MS = 10_000; // as on Discord

/** The line; it is empty while nobody types. */
export function typing() {
  const until = new Map(); // `${channel} ${user}` -> timer
  const element = h("div", { class: "typing", role: "status", testid: "typing" });

  function draw() {
    const here = [...until.keys()].map((key) => key.split(" ")).filter(([channel]) => channel === state.channelId);
    element.textContent = here.length ? word("typing", { name: here.map(([, user]) => userName(user)).join(", ") }) : "";
  }

  function stop(key) {
    clearTimeout(until.get(key));
    until.delete(key);
    draw();
  }

  on("typing", ({ channel_id: channel, user_id: user }) => {
    const key = `${channel} ${user}`;
    if (user === state.me.id) return;
    clearTimeout(until.get(key));
    until.set(key, setTimeout(() => stop(key), LASTS_MS));
    draw();
  });
  on("message", ({ message }) => message.author && stop(`${message.channel_id} ${message.author.id}`));
  on("channel", draw);
  return element;
}
