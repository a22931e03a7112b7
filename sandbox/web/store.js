// What the member sees, kept up to date by events. Views subscribe to the topics they draw.

import { follow, loadState } from "./api.js";

/**
 * @typedef {{id: string, username: string, global_name?: string, bot?: boolean, locale?: string, roles?: string[]}} User
 * @typedef {{id: string, name: string, topic?: string}} Channel
 * @typedef {{id: string, name: string, parent_id: string, message_count: number, thread_metadata: {archived: boolean, locked: boolean}}} Thread
 * @typedef {{filename: string, url: string, description: string, width: number, height: number}} Starter
 * @typedef {object} Message a Discord message object
 * @typedef {{nonce?: string, failed?: boolean, message?: string, modal?: object}} Outcome
 */

/** @type {{me: User, users: User[], bot: User & {online: boolean}, guild: {name: string, channels: Channel[], threads: Thread[], roles: {id: string, name: string}[]}, commands: object[], starter: Starter[], channelId: string, connected: boolean, unread: Set<string>}} */
export const state = {
  me: null, users: [], bot: { online: false }, guild: { name: "", channels: [], threads: [], roles: [] }, commands: [], starter: [],
  channelId: null, connected: false, unread: new Set(),
};
const MODAL_ANSWER = 9;
const EPHEMERAL = 1 << 6;
const LOADING = 1 << 7;
// Types of messages that Discord itself writes: a thread was begun; a thread's first one, the message it was begun from.
export const THREAD_CREATED = 18;
export const THREAD_STARTER = 21;
const messages = new Map(); // channel id -> Map(message id -> message)
const listeners = new Map(); // topic -> Set(function)
const pending = new Map(); // nonce -> function(Outcome)
const failures = new Map(); // interaction id -> why its "is thinking" will never end
let connection = null;
let held = null; // frames that arrive while the state is being loaded
let current = null; // the member that one has become, or is about to
let shown = ""; // the state as it was loaded last, to see whether anything is different

/** Topics: "state", "commands", "bot", "connection", "channel", "threads" (with a thread's id), "unread", "typing" (with {channel_id, user_id}), "message" (with {kind, message}). */
export function on(topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, new Set());
  listeners.get(topic).add(listener);
}

function tell(topic, detail) {
  for (const listener of listeners.get(topic) ?? []) listener(detail);
}

/** The messages of the open channel, oldest first. Snowflakes sort by length, then by digits. */
export function visibleMessages() {
  const hidden = dismissed();
  const own = [...(messages.get(state.channelId)?.values() ?? [])].filter((one) => !hidden.has(one.id));
  return own.sort((a, b) => a.id.length - b.id.length || (a.id < b.id ? -1 : 1));
}

/** A message of the open channel. */
export function messageById(id) {
  return messages.get(state.channelId)?.get(id);
}

/**
 * A channel or a thread.
 * @returns {Channel | Thread | undefined}
 */
export function channelById(id) {
  return state.guild.channels.find((one) => one.id === id) ?? threadById(id);
}

/** A thread. */
export function threadById(id) {
  return state.guild.threads.find((one) => one.id === id);
}

/** The message from which a thread was begun, as it is now, or as it was where it is gone. */
export function starterOf({ message_reference: reference, referenced_message: former }) {
  return messages.get(reference.channel_id)?.get(reference.message_id) ?? former;
}

/** Why the bot's answer to a message that says "is thinking" will not come; undefined while it still may. */
export function failureOf(message) {
  return failures.get(message.interaction_metadata?.id);
}

/** Become a member: load the screen and follow its events. */
export async function become(member) {
  connection?.stop();
  connection = null;
  current = member;
  await reload(member);
  if (member !== current) return;
  const handlers = {
    onframe: (frame) => (held ? held.push(frame) : take(frame)),
    onopen: () => {
      state.connected = true;
      tell("connection");
      // Again, as something may have happened between the first loading and now.
      reload(member).catch((error) => console.warn(error.message));
    },
    onlost: () => {
      state.connected = false;
      tell("connection");
      [...pending.keys()].forEach((nonce) => settle({ nonce, failed: true }));
    },
  };
  connection = follow(state.me.id, handlers);
}

async function reload(member) {
  const frames = (held = []);
  try {
    const loaded = await loadState(member);
    if (member !== current) return;
    const text = JSON.stringify(loaded);
    if (text !== shown) replace(loaded);
    shown = text;
  } finally {
    if (held === frames) held = null;
    frames.forEach(take);
  }
}

function replace({ messages: lists, ...rest }) {
  messages.clear();
  for (const [channelId, list] of Object.entries(lists)) {
    messages.set(channelId, new Map(list.map((message) => [message.id, message])));
  }
  if (rest.me.id !== state.me?.id) state.unread.clear();
  Object.assign(state, rest);
  if (!channelById(state.channelId)) state.channelId = state.guild.channels[0].id;
  tell("state");
}

/** Open another channel. */
export function openChannel(channelId) {
  state.channelId = channelId;
  state.unread.delete(channelId);
  tell("channel");
}

/**
 * Be told once what becomes of the interaction with this nonce.
 * @param {string} nonce
 * @param {(outcome: Outcome) => void} callback
 */
export function expect(nonce, callback) {
  pending.set(nonce, callback);
}

const dismissedKey = () => `dismissed:${state.me?.id}`;
const dismissed = () => new Set(JSON.parse(sessionStorage.getItem(dismissedKey()) ?? "[]"));

/** Take an ephemeral message off the screen, where it stays away while this tab is open. */
export function dismiss(message) {
  sessionStorage.setItem(dismissedKey(), JSON.stringify([...dismissed(), message.id]));
  messages.get(message.channel_id)?.delete(message.id);
  tell("message", { kind: "delete", message });
}

function settle(outcome) {
  const callback = pending.get(outcome.nonce);
  pending.delete(outcome.nonce);
  callback?.(outcome);
}

/** What each event does to the state. */
const effects = {
  MESSAGE_CREATE: put,
  MESSAGE_UPDATE: put,
  MESSAGE_DELETE: (gone) => {
    const former = messages.get(gone.channel_id)?.get(gone.id);
    if (former) count(former, -1);
    messages.get(gone.channel_id)?.delete(gone.id);
    tell("message", { kind: "delete", message: gone });
  },
  THREAD_CREATE: putThread,
  THREAD_UPDATE: putThread,
  THREAD_DELETE: ({ id, parent_id: parent }) => {
    state.guild.threads = state.guild.threads.filter((one) => one.id !== id);
    messages.delete(id);
    state.unread.delete(id);
    tell("threads", id);
    if (id === state.channelId) openChannel(parent);
  },
  TYPING_START: (typing) => tell("typing", typing),
  COMMANDS_UPDATE: ({ commands }) => {
    state.commands = commands;
    tell("commands");
  },
  BOT_STATUS: ({ online }) => {
    state.bot = { ...state.bot, online };
    tell("bot");
  },
  // An answer that opens a form is followed by the form.
  INTERACTION_ACK: ({ nonce, type }) => type !== MODAL_ANSWER && settle({ nonce }),
  INTERACTION_FAILED: fail,
  MODAL_OPEN: ({ nonce, modal, interaction_id }) => settle({ nonce, modal: { ...modal, interaction_id } }),
};

function take({ t, d }) {
  shown = "";
  effects[t]?.(d);
}

function putThread(thread) {
  const known = threadById(thread.id);
  if (known) Object.assign(known, thread);
  else state.guild.threads.push(thread);
  if (!messages.has(thread.id)) messages.set(thread.id, new Map());
  tell("threads", thread.id);
}

/** Count a message that was written in a thread; the sandbox tells of a thread only when it is changed itself. */
function count(message, by) {
  const thread = threadById(message.channel_id);
  if (!thread || message.type === THREAD_STARTER || message.flags & EPHEMERAL) return;
  thread.message_count += by;
  tell("threads", thread.id);
}

function put(message) {
  const own = messages.get(message.channel_id);
  if (!own) return;
  const kind = own.has(message.id) ? "update" : "create";
  own.set(message.id, message);
  if (kind === "create") count(message, 1);
  if (kind === "create" && message.channel_id !== state.channelId && message.type !== THREAD_STARTER) {
    state.unread.add(message.channel_id);
    tell("unread");
  }
  tell("message", { kind, message });
}

function fail({ id, nonce, message: reason }) {
  failures.set(id, reason);
  settle({ nonce, failed: true, message: reason });
  const waiting = [...(messages.get(state.channelId)?.values() ?? [])];
  const stuck = waiting.find((one) => one.interaction_metadata?.id === id && one.flags & LOADING);
  if (stuck) tell("message", { kind: "update", message: stuck });
}
