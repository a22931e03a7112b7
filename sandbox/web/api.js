// The member API of the sandbox; see docs/sandbox.md.

const FORWARD = 1;

/** What a Discord client would tell the member. */
export class Refused extends Error {}

async function answer(response) {
  const body = await response.json().catch(() => ({ message: response.statusText }));
  if (!response.ok) throw new Refused(body.message);
  return body;
}

async function post(path, payload, files = []) {
  const form = new FormData();
  form.append("payload_json", JSON.stringify(payload));
  files.forEach((file, index) => form.append(`files[${index}]`, file, file.name));
  return answer(await fetch(path, { method: "POST", body: form }));
}

/**
 * Everything that a screen starts with.
 * @param {string} member id or name
 * @returns {Promise<object>} see docs/sandbox.md, GET /member/state
 */
export async function loadState(member) {
  return answer(await fetch(`/member/state?as=${encodeURIComponent(member)}`, { cache: "no-store" }));
}

/**
 * Write a message.
 * @param {string} member
 * @param {string} channelId
 * @param {string} content
 * @param {File[]} files
 */
export function sendMessage(member, channelId, content, files) {
  return post("/member/messages", { as: member, channel_id: channelId, content }, files);
}

/**
 * Pass a message on to a channel.
 * @param {string} member
 * @param {{id: string, channel_id: string}} message
 * @param {string} channelId
 */
export function forwardMessage(member, message, channelId) {
  const reference = { type: FORWARD, channel_id: message.channel_id, message_id: message.id };
  return post("/member/messages", { as: member, channel_id: channelId, message_reference: reference });
}

/**
 * Use a command (2), a component (3), autocomplete (4) or a form (5).
 * @param {string} member
 * @param {string} channelId
 * @param {string} locale
 * @param {2 | 3 | 4 | 5} type
 * @param {object} data as docs/sandbox.md says for the type
 * @param {{nonce?: string, files?: File[]}} extra
 * @returns {Promise<{id: string} | {choices: object[]}>}
 */
export function interact(member, channelId, locale, type, data, { nonce, files = [] } = {}) {
  return post("/member/interactions", { as: member, channel_id: channelId, locale, type, data, nonce }, files);
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/**
 * Follow the events for a member until `stop()` is called. Reconnects with growing pauses; `onopen()` tells that the
 * state has to be loaded, `onlost()` that the sandbox is away.
 */
export function follow(member, { onframe, onopen, onlost }) {
  let socket = null;
  let wait = FIRST_WAIT_MS;
  let stopped = false;
  let timer = null;
  const connect = () => {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    socket = new WebSocket(`${scheme}://${location.host}/member/events?as=${encodeURIComponent(member)}`);
    socket.onopen = () => {
      wait = FIRST_WAIT_MS;
      onopen();
    };
    socket.onmessage = (event) => onframe(JSON.parse(event.data));
    socket.onclose = () => {
      if (stopped) return;
      onlost();
      timer = setTimeout(connect, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    };
  };
  connect();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      socket.close();
    },
  };
}
