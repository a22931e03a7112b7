"""All that a member's screen starts with."""

from __future__ import annotations

from sandbox.gateway.hub import Hub
from sandbox.interactions.files import StarterFolder
from sandbox.types import Json
from sandbox.world import fixtures
from sandbox.world.fixtures import Person
from sandbox.world.guild import roles
from sandbox.world.people import user
from sandbox.world.world import World

# As many messages as Discord shows before one scrolls up.
SHOWN = 100


def member_state(world: World, hub: Hub, starter: StarterFolder, person: Person) -> Json:
    """The body of GET /member/state."""
    threads = world.threads.all()
    channel_ids = [*(channel.id for channel in fixtures.CHANNELS), *(thread.id for thread in threads)]
    everybody = {one.id: _described(one) for one in world.people.all()}
    return {
        "users": list(everybody.values()),
        "me": everybody[person.id],
        "bot": everybody[fixtures.BOT_ID] | {"online": hub.online},
        "guild": {
            "id": fixtures.GUILD_ID,
            "name": fixtures.GUILD_NAME,
            "channels": [
                {"id": channel.id, "name": channel.name, "topic": channel.topic} for channel in fixtures.CHANNELS
            ],
            "threads": [world.channel_object(thread) for thread in threads],
            "roles": [{"id": role["id"], "name": role["name"]} for role in roles(world.people)],
        },
        "commands": world.commands.for_member(person.id),
        "messages": {channel_id: _messages(world, channel_id, person.id) for channel_id in channel_ids},
        "starter": starter.list(),
    }


def _described(person: Person) -> Json:
    """A user object with what the chat shows beside it."""
    return user(person) | {"locale": person.locale, "roles": list(person.role_ids)}


def _messages(world: World, channel_id: str, user_id: str) -> list[Json]:
    visible = [record.message for record in world.messages.in_channel(channel_id) if record.visible_to(user_id)]
    return visible[-SHOWN:]
