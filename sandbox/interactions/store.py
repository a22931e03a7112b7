"""Open interactions: sent to the bot, timed, and found again by id and token."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import asdict

from sandbox.gateway.hub import Hub
from sandbox.interactions.model import (
    AUTOCOMPLETE,
    COMPONENT,
    DEFER_MESSAGE,
    MODAL_SUBMIT,
    Interaction,
    InteractionRequest,
    owners,
)
from sandbox.rules.errors import already_acknowledged, dead_token, unknown
from sandbox.types import Json
from sandbox.world import fixtures
from sandbox.world.events import Event
from sandbox.world.guild import ATTACHMENT_SIZE_LIMIT
from sandbox.world.people import member, user
from sandbox.world.world import World

_KIND = "interaction"
# Beyond the quarter of an hour that a token lives at fifty interactions a second; then a dead token is unknown.
KEPT = 50_000
NO_RESPONSE = "The application did not respond"


class InteractionStore:
    """Interactions by id and by token."""

    def __init__(self, world: World, hub: Hub) -> None:
        self._world, self._hub = world, hub
        self._by_id: dict[str, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}
        self._choices: dict[str, asyncio.Future[list[Json] | None]] = {}
        for key, document in world.store.all(_KIND):
            world.snowflakes.mark_used(key)
            interaction = Interaction(**document)
            if world.clock.now() < interaction.created + world.config.token_lifetime:
                self._index(interaction)
            else:
                world.store.delete(_KIND, key)

    def open(self, request: InteractionRequest) -> Interaction:
        """Send an interaction to the bot and start its three seconds."""
        now = self._world.clock.now()
        interaction_id = self._world.snowflakes.next()
        metadata: Json = {
            "id": interaction_id,
            "type": request.type,
            "user": user(self._world.person(request.user_id)),
            "authorizing_integration_owners": owners(),
        }
        interaction = Interaction(
            id=interaction_id,
            token=secrets.token_urlsafe(48),
            type=request.type,
            user_id=request.user_id,
            channel_id=request.channel_id,
            created=now,
            metadata=metadata | request.metadata,
            source_id=None if request.source is None else request.source.id,
            nonce=request.nonce,
            focused_kind=request.focused_kind,
        )
        self._index(interaction)
        self._world.deadlines.at(now + self._world.config.acknowledge_within, lambda: self._expire(interaction))
        self._hub.dispatch("INTERACTION_CREATE", self._payload(interaction, request))
        return interaction

    async def choices(self, request: InteractionRequest) -> list[Json] | None:
        """Ask the bot for autocomplete choices; None where it does not answer in time."""
        interaction = self.open(request)
        future: asyncio.Future[list[Json] | None] = asyncio.get_running_loop().create_future()
        self._choices[interaction.id] = future
        try:
            return await future
        finally:
            del self._choices[interaction.id]
            self._forget(interaction)

    def give_choices(self, interaction: Interaction, choices: list[Json] | None) -> None:
        """Pass the bot's choices on to the member who is typing; None where there will be none."""
        future = self._choices.get(interaction.id)
        if future is not None and not future.done():
            future.set_result(choices)

    def get(self, interaction_id: str) -> Interaction | None:
        """The interaction with that id."""
        return self._by_id.get(interaction_id)

    def to_answer(self, interaction_id: str, token: str) -> Interaction:
        """An interaction that waits for its answer; Discord's refusal where it does not."""
        interaction = self._by_id.get(interaction_id)
        if interaction is None or interaction.token != token or interaction.failed:
            raise unknown("interaction")
        if interaction.answer is not None:
            raise already_acknowledged()
        return interaction

    def answered(self, application_id: str, token: str) -> Interaction:
        """The interaction behind a webhook route; its token works once it is acknowledged, for a quarter of an hour."""
        interaction = self._by_token.get(token)
        if interaction is None or application_id != fixtures.BOT_ID or interaction.answer is None:
            raise unknown("Webhook")
        if self._world.clock.now() >= interaction.created + self._world.config.token_lifetime:
            raise dead_token()
        return interaction

    def acknowledge(self, interaction: Interaction, answer: int) -> None:
        """Note the bot's answer and tell the member's client."""
        interaction.answer = answer
        self._world.store.put(_KIND, interaction.id, asdict(interaction))
        if interaction.type != AUTOCOMPLETE:
            self._tell(interaction, "INTERACTION_ACK", interaction.acknowledgement())
        if answer == DEFER_MESSAGE:
            dies = interaction.created + self._world.config.token_lifetime
            self._world.deadlines.at(dies, lambda: self._end_thinking(interaction))

    def keep(self, interaction: Interaction) -> None:
        """Store a change, such as a new @original."""
        self._world.store.put(_KIND, interaction.id, asdict(interaction))

    def give_up(self, interaction: Interaction) -> None:
        """Tell the member that nothing came of it."""
        interaction.failed = True
        self._tell(
            interaction,
            "INTERACTION_FAILED",
            {"id": interaction.id, "nonce": interaction.nonce, "message": NO_RESPONSE},
        )

    def _end_thinking(self, interaction: Interaction) -> None:
        """The token is dead: an answer that still says "is thinking" will never come."""
        record = self._world.messages.peek(interaction.channel_id, interaction.original_id)
        if record is not None and record.loading:
            self.give_up(interaction)

    def _expire(self, interaction: Interaction) -> None:
        if interaction.answer is not None or interaction.failed:
            return
        if interaction.type == AUTOCOMPLETE:
            interaction.failed = True
            self.give_choices(interaction, None)
        else:
            self.give_up(interaction)

    def _tell(self, interaction: Interaction, kind: str, data: Json) -> None:
        event = Event(kind, data, only_for=interaction.user_id, interaction_id=interaction.id, members_only=True)
        self._world.events.emit(event)

    def _index(self, interaction: Interaction) -> None:
        self._by_id[interaction.id] = interaction
        self._by_token[interaction.token] = interaction
        if len(self._by_id) > KEPT:
            self._forget(next(iter(self._by_id.values())))

    def _forget(self, interaction: Interaction) -> None:
        self._by_id.pop(interaction.id, None)
        self._by_token.pop(interaction.token, None)
        self._world.store.delete(_KIND, interaction.id)

    def _payload(self, interaction: Interaction, request: InteractionRequest) -> Json:
        """The INTERACTION_CREATE event."""
        world = self._world
        person = world.person(interaction.user_id)
        channel = world.channel_object(world.channel(interaction.channel_id))
        payload: Json = {
            "id": interaction.id,
            "application_id": fixtures.BOT_ID,
            "type": interaction.type,
            "token": interaction.token,
            "version": 1,
            "data": request.data,
            "guild_id": fixtures.GUILD_ID,
            "guild": {"id": fixtures.GUILD_ID, "locale": fixtures.GUILD_LOCALE, "features": []},
            "guild_locale": fixtures.GUILD_LOCALE,
            "channel_id": interaction.channel_id,
            "channel": channel | {"permissions": str(world.people.permissions(person.id))},
            "member": member(person) | {"permissions": str(world.people.permissions(person.id))},
            "locale": person.locale,
            "app_permissions": str(world.people.permissions(fixtures.BOT_ID)),
            "attachment_size_limit": ATTACHMENT_SIZE_LIMIT,
            "authorizing_integration_owners": owners(),
            "entitlements": [],
            "entitlement_sku_ids": [],
            "context": 0,
        }
        if request.source is not None and interaction.type in (COMPONENT, MODAL_SUBMIT):
            payload["message"] = request.source.message
        return payload
