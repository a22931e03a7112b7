from __future__ import annotations

from core.domain.guilds import GuildSettings
from core.domain.people import LabellingPolicy
from core.services.guilds import GuildService
from core.storage.database import Database
from tests.integration.core.builders import GUILD


def test_a_guild_that_chose_nothing_has_the_defaults(database: Database) -> None:
    assert GuildService(database).settings(GUILD) == GuildSettings(LabellingPolicy.MODERATORS, None, age_answers=False)


def test_each_choice_leaves_the_others(database: Database) -> None:
    guilds = GuildService(database)
    assert guilds.update(GUILD, 1, LabellingPolicy.EVERYONE) == GuildSettings(LabellingPolicy.EVERYONE, None)
    assert guilds.set_language(GUILD, 1, "ja") == GuildSettings(LabellingPolicy.EVERYONE, "ja")
    assert guilds.update(GUILD, 1) == guilds.settings(GUILD) == GuildSettings(LabellingPolicy.EVERYONE, "ja")
    assert guilds.set_age_answers(GUILD, 1, True) == GuildSettings(LabellingPolicy.EVERYONE, "ja", age_answers=True)
    assert guilds.set_language(GUILD, 1, None).language is None
    assert guilds.settings(GUILD).age_answers
    assert not guilds.set_age_answers(GUILD, 1, False).age_answers
    assert guilds.settings(GUILD + 1) == GuildSettings()
