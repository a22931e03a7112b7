"""Who and what is in the try-out guild. Ids are fixed, so that bookmarks and data folders stay good."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.world import permissions

GUILD_ID = "1290000000000000000"
GUILD_NAME = "Omokage try-out"
GUILD_LOCALE = "en-US"
PHOTOS_ID = "1290000000000000011"
GENERAL_ID = "1290000000000000012"
MODERATOR_ROLE_ID = "1290000000000000021"
BOT_ROLE_ID = "1290000000000000022"
LABELLER_ROLE_ID = "1290000000000000023"
# An application and its bot user share one id, as all newer ones on Discord do.
BOT_ID = "1290000000000000030"
AIKO_ID = "1290000000000000031"
BEN_ID = "1290000000000000032"
CHIE_ID = "1290000000000000033"
DAI_ID = "1290000000000000034"
EMI_ID = "1290000000000000035"


@dataclass(frozen=True, slots=True)
class Person:
    """A user and member; `role_ids` are beside @everyone."""

    id: str
    username: str
    name: str
    locale: str
    role_ids: tuple[str, ...] = ()
    bot: bool = False


@dataclass(frozen=True, slots=True)
class Role:
    """A role; its place in the list is its rank."""

    id: str
    name: str
    permissions: int
    colour: int = 0
    managed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """A text channel."""

    id: str
    name: str
    topic: str


PEOPLE = (
    Person(BOT_ID, "omokage", "Omokage", "en-US", (BOT_ROLE_ID,), bot=True),
    Person(AIKO_ID, "aiko", "Aiko", "en-US", (MODERATOR_ROLE_ID,)),
    Person(BEN_ID, "ben", "Ben", "en-GB"),
    Person(CHIE_ID, "chie", "Chie", "ja"),
    Person(DAI_ID, "dai", "Dai", "ja"),
    Person(EMI_ID, "emi", "Emi", "en-US", (LABELLER_ROLE_ID,)),
)
ROLES = (
    Role(GUILD_ID, "@everyone", permissions.EVERYONE),
    # Without permissions of its own: for `/settings labellers`.
    Role(LABELLER_ROLE_ID, "Labeller", 0),
    Role(MODERATOR_ROLE_ID, "Moderator", permissions.MODERATOR, colour=0x3BA55D),
    Role(BOT_ROLE_ID, "Omokage", permissions.BOT, managed_by=BOT_ID),
)
CHANNELS = (
    Channel(PHOTOS_ID, "photos", "Attach a photo and ask who is in it"),
    Channel(GENERAL_ID, "general", "Everything else"),
)
# An owner has every permission, which would hide what a moderator or the bot lacks; so the owner is somebody else,
# who never shows up.
OWNER_ID = "1290000000000000039"
