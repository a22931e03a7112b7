// What the member sees, kept up to date by events. Views subscribe to the topics they draw.

import { follow, loadState } from "./api.js";

/** @type {{me: object, users: object[], bot: object, guild: object, commands: object[], starter: object[]}} */
export const state = {
  me: null, users: [], bot: { online: false }, guild: { name: "", channels: [] }, commands: [], starter: [],
  channelId: null, connected: false,
};
const messages = new Map(); // channel id -> Map(message id -> message)
const listeners = new Map(); // topic -> Set(function)
const pending = new Map(); // nonce -> function({failed, message, modal})
let connection = null;

/** Topics: "state", "commands", "bot", "connection", "channel", "message" (with {kind, message}). */
export function on(topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, new Set());
  listeners.get(topic).add(listener);
}

function tell(topic, detail) {
  for (const listener of listeners.get(topic) ?? []) listener(detail);
}

/** The messages of the open channel, oldest first. Snowflakes sort by length, then by digits. */
export function visibleMessages() {
  const own = [...(messages.get(state.channelId)?.values() ?? [])];
  return own.sort((a, b) => a.id.length - b.id.length || (a.id < b.id ? -1 : 1));
}

/** A message of the open channel. */
export function messageById(id) {
  return messages.get(state.channelId)?.get(id);
}

/** Become a member: load the screen and follow its events. */
export async function become(member) {
  connection?.stop();
  await reload(member);
  const handlers = {
    onframe: take,
    onopen: (again) => {
      state.connected = true;
      tell("connection");
      if (again) reload(state.me.id);
    },
    onlost: () => {
      state.connected = false;
      tell("connection");
    },
  };
  connection = follow(state.me.id, handlers);
}

async function reload(member) {
  const loaded = await loadState(member);
  messages.clear();
  for (const [channelId, list] of Object.entries(loaded.messages)) {
    messages.set(channelId, new Map(list.map((message) => [message.id, message])));
  }
  delete loaded.messages;
  Object.assign(state, loaded);
  if (!state.guild.channels.some((channel) => channel.id === state.channelId)) {
    state.channelId = state.guild.channels[0].id;
  }
  tell("state");
}

/** Open another channel. */
export function openChannel(channelId) {
  state.channelId = channelId;
  tell("channel");
}

/** Be told once what becomes of the interaction with this nonce. */
export function expect(nonce, callback) {
  pending.set(nonce, callback);
}

/** Take an ephemeral message off the screen. */
export function dismiss(message) {
  messages.get(message.channel_id)?.delete(message.id);
  tell("message", { kind: "delete", message });
}

function settle(detail) {
  const callback = pending.get(detail.nonce);
  pending.delete(detail.nonce);
  callback?.(detail);
}

function take({ t, d }) {
  const own = messages.get(d?.channel_id);
  if (t === "MESSAGE_CREATE" || t === "MESSAGE_UPDATE") {
    const kind = own?.has(d.id) ? "update" : "create";
    own?.set(d.id, d);
    tell("message", { kind, message: d });
  } else if (t === "MESSAGE_DELETE") {
    own?.delete(d.id);
    tell("message", { kind: "delete", message: d });
  } else if (t === "COMMANDS_UPDATE") {
    state.commands = d.commands;
    tell("commands");
  } else if (t === "BOT_STATUS") {
    state.bot = { ...state.bot, online: d.online };
    tell("bot");
  } else if (t === "INTERACTION_ACK") settle({ nonce: d.nonce });
  else if (t === "INTERACTION_FAILED") settle({ nonce: d.nonce, failed: true, message: d.message });
  else if (t === "MODAL_OPEN") settle({ nonce: d.nonce, modal: { ...d.modal, interaction_id: d.interaction_id } });
}
