"""A member who writes, clicks and waits."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import aiohttp

from sandbox.driver.feed import DriverError, Feed
from sandbox.driver.invocation import PATIENCE, Invocation
from sandbox.driver.payloads import SELECTS, File, FormFiles, choices, command_data, find_component, form_data
from sandbox.types import Json

BUTTON = {2}
DEFAULT_CHANNEL = "photos"


class Member:
    """Made by `Driver.member`; acts in #photos unless told otherwise."""

    def __init__(self, session: aiohttp.ClientSession, url: str, state: Json, feed: Feed, locale: str | None) -> None:
        self._session, self._url, self._feed = session, url, feed
        self.user: Json = state["me"]
        self.id: str = state["me"]["id"]
        self.locale = locale
        self._channels: dict[str, str] = {channel["name"]: channel["id"] for channel in state["guild"]["channels"]}

    @property
    def commands(self) -> list[Json]:
        """The commands that Discord offers to this member."""
        return self._feed.commands

    @property
    def bot_online(self) -> bool:
        """Whether the bot is connected."""
        return self._feed.online

    @property
    def frames(self) -> list[Json]:
        """Every event so far: {"t", "d"}."""
        return self._feed.frames

    @property
    def threads(self) -> list[Json]:
        """Every thread, the oldest first, as Discord describes it."""
        return sorted(self._feed.threads.values(), key=lambda thread: int(thread["id"]))

    def messages(self, channel: str = DEFAULT_CHANNEL) -> list[Json]:
        """What the member sees in a channel, oldest first."""
        return self._feed.messages(self._channel(channel))

    async def send(self, text: str = "", files: list[File] | None = None, channel: str = DEFAULT_CHANNEL) -> Json:
        """Write a message; returns it."""
        payload = {"as": self.id, "channel_id": self._channel(channel), "content": text}
        return await self._post("/member/messages", payload, files or [])

    async def forward(self, message: Json, channel: str = DEFAULT_CHANNEL) -> Json:
        """Pass a message on to a channel; returns the message that forwards it."""
        reference = {"type": 1, "channel_id": message["channel_id"], "message_id": message["id"]}
        payload = {"as": self.id, "channel_id": self._channel(channel), "message_reference": reference}
        return await self._post("/member/messages", payload, [])

    async def change_thread(self, thread_id: str, **changes: object) -> Json:
        """Archive, lock or rename a thread, or the opposite of these; returns it as it is now."""
        return await self._post("/member/threads", {"as": self.id, "channel_id": thread_id} | changes, [])

    async def delete_thread(self, thread_id: str) -> None:
        """Delete a thread with all that is in it."""
        await self._post("/member/threads", {"as": self.id, "channel_id": thread_id, "delete": True}, [])

    async def command(
        self, path: str, values: Json | None = None, /, channel: str = DEFAULT_CHANNEL, **options: object
    ) -> Invocation:
        """Use a slash command; attachments are (name, bytes) or "starter:<filename>", users may be members.

        `channel`: where it is used. `values`: options by name, also one whose name is "channel"; others as keywords.
        """
        files = FormFiles()
        data = command_data(self.commands, path, {**(values or {}), **options}, files)
        return await self._interact(2, data, channel, files)

    async def autocomplete(
        self, path: str, option: str, text: object, /, channel: str = DEFAULT_CHANNEL, **others: object
    ) -> list[Json]:
        """The choices offered for what was typed in an option so far: [{"name", "value"}]."""
        files = FormFiles()
        data = command_data(self.commands, path, others | {option: text}, files, focused=option)
        answer = await self._post("/member/interactions", self._payload(4, data, channel), files.files)
        choices: list[Json] = answer["choices"]
        return choices

    async def menu(self, name: str, target: Json | Member, channel: str = DEFAULT_CHANNEL) -> Invocation:
        """Use a context menu command on a message, or on a member."""
        kind, target_id = (2, target.id) if isinstance(target, Member) else (3, target["id"])
        if not isinstance(target, Member):
            channel = target["channel_id"]
        return await self._interact(2, {"name": name, "type": kind, "target_id": target_id}, channel)

    async def click(self, message: Json, label_or_custom_id: str | int) -> Invocation:
        """Press a button: by place, custom id, label, or start of the custom id."""
        button = find_component(message, label_or_custom_id, BUTTON)
        return await self._use(message, button, {})

    async def select(self, message: Json, custom_id_or_index: str | int, values: list[str] | str) -> Invocation:
        """Choose in a select: by place, custom id, or start of the custom id; values or labels."""
        select = find_component(message, custom_id_or_index, SELECTS)
        chosen: list[object] = [values] if isinstance(values, str) else list(values)
        return await self._use(message, select, {"values": choices(select, chosen)})

    async def submit(self, modal: Json, values: Json, channel: str = DEFAULT_CHANNEL) -> Invocation:
        """Fill in and send a form from `Invocation.modal()`: values by label or custom id; what is left out stays."""
        files = FormFiles()
        return await self._interact(5, form_data(modal, values, files), modal.get("channel_id", channel), files)

    async def wait_for(self, predicate: Callable[[Json], bool], timeout: float = PATIENCE) -> Json:  # noqa: ASYNC109
        """The first message anywhere that satisfies the predicate, now or later."""
        return await self._feed.wait_until(lambda: next(filter(predicate, self._feed.everything()), None), timeout)

    async def wait_for_event(
        self,
        kind: str,
        predicate: Callable[[Json], bool] = lambda _: True,
        timeout: float = PATIENCE,  # noqa: ASYNC109
    ) -> Json:
        """The data of the first event of that kind that satisfies the predicate, since the member came."""

        def check() -> Json | None:
            result = [frame["d"] for frame in self.frames if frame["t"] == kind]
            return next(filter(predicate, result), None)

        return await self._feed.wait_until(check, timeout)

    async def wait_for_bot(self, command: str | None = None, timeout: float = PATIENCE) -> None:  # noqa: ASYNC109
        """Wait until the bot is connected, and has registered that command."""

        def ready() -> bool | None:
            known = command is None or any(one["name"] == command for one in self.commands)
            return (self.bot_online and known) or None

        await self._feed.wait_until(ready, timeout)

    async def close(self) -> None:
        """Leave."""
        await self._feed.close()

    async def _use(self, message: Json, component: Json, more: Json) -> Invocation:
        used = {"custom_id": component.get("custom_id"), "component_type": component["type"]}
        return await self._interact(3, {"message_id": message["id"]} | used | more, message["channel_id"])

    async def _interact(self, kind: int, data: Json, channel: str, files: FormFiles | None = None) -> Invocation:
        uploads = [] if files is None else files.files
        answer = await self._post("/member/interactions", self._payload(kind, data, channel), uploads)
        return Invocation(self._feed, answer["id"])

    def _payload(self, kind: int, data: Json, channel: str) -> Json:
        payload: Json = {"as": self.id, "channel_id": self._channel(channel), "type": kind, "data": data}
        return payload | {"locale": self.locale} if self.locale else payload

    def _channel(self, channel: str) -> str:
        """A channel's id from its name or id."""
        return self._channels.get(channel, channel)

    async def _post(self, path: str, payload: Json, files: list[File]) -> Json:
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("payload_json", json.dumps(payload), content_type="application/json")
        for index, (name, data) in enumerate(files):
            form.add_field(f"files[{index}]", io.BytesIO(data), filename=name, content_type="application/octet-stream")
        async with self._session.post(self._url + path, data=form) as response:
            answer: Json = await response.json()
        if response.status != 200:
            raise DriverError(answer["message"])
        return answer
