"""The guild, its channels and the application as Discord describes them."""

from __future__ import annotations

from sandbox.types import Json
from sandbox.world import fixtures
from sandbox.world.fixtures import Channel
from sandbox.world.people import JOINED_AT, People, member, role_object, user

ATTACHMENT_SIZE_LIMIT = 10 * 1024 * 1024


def channel_object(channel: Channel, last_message_id: str | None) -> Json:
    """A text channel object with its guild's id."""
    return {
        "id": channel.id,
        "type": 0,
        "guild_id": fixtures.GUILD_ID,
        "name": channel.name,
        "topic": channel.topic,
        "position": fixtures.CHANNELS.index(channel),
        "parent_id": None,
        "nsfw": False,
        "rate_limit_per_user": 0,
        "permission_overwrites": [],
        "last_message_id": last_message_id,
        "last_pin_timestamp": None,
        "flags": 0,
    }


def roles(people: People) -> list[Json]:
    """All roles of the guild."""
    return [role_object(role, position) for position, role in enumerate(people.roles())]


def guild_object(people: People) -> Json:
    """The guild as `GET /guilds/{id}` gives it."""
    nothing = (
        "icon description home_header splash discovery_splash banner application_id afk_channel_id system_channel_id "
        "widget_channel_id vanity_url_code rules_channel_id safety_alerts_channel_id public_updates_channel_id "
        "max_presences incidents_data hub_type latest_onboarding_question_id"
    )
    return dict.fromkeys(nothing.split()) | {
        "id": fixtures.GUILD_ID,
        "name": fixtures.GUILD_NAME,
        "owner_id": fixtures.OWNER_ID,
        "preferred_locale": fixtures.GUILD_LOCALE,
        "roles": roles(people),
        "features": [],
        "emojis": [],
        "stickers": [],
        "region": "deprecated",
        "afk_timeout": 300,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw": False,
        "nsfw_level": 0,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
    }


def guild_create(people: People, channels: list[Json], threads: list[Json], *, with_members: bool) -> Json:
    """The GUILD_CREATE event; without the members intent only the bot itself is listed; `threads`: active."""
    listed = [person for person in people.all() if with_members or person.bot]
    return guild_object(people) | {
        "joined_at": JOINED_AT,
        "large": False,
        "unavailable": False,
        "member_count": len(people.all()),
        "members": [member(person) for person in listed],
        "channels": channels,
        "threads": threads,
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def application_object(people: People) -> Json:
    """The bot's own application."""
    bot, owner = people.get(fixtures.BOT_ID), people.get(fixtures.AIKO_ID)
    assert bot is not None and owner is not None  # noqa: S101, PT018  # the cast is fixed
    return {
        "id": fixtures.BOT_ID,
        "name": bot.name,
        "icon": None,
        "description": "",
        "summary": "",
        "type": None,
        "bot": user(bot),
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "tags": [],
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user(owner),
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
        "integration_types_config": {"0": {}},
    }
