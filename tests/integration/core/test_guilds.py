from __future__ import annotations

import pytest

from core.domain.clock import now_utc
from core.domain.errors import OmokageError
from core.domain.guilds import MAX_LISTED, GuildSettings
from core.domain.jobs import JobKind, JobRequest, JobState, Origin
from core.domain.people import LabellingPolicy
from core.services.guilds import GuildService
from core.storage.database import Database
from core.storage.jobs.job_rows import get_job, insert_job
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


def test_roles_and_channels_are_listed_once_in_their_own_guild(database: Database) -> None:
    guilds = GuildService(database)
    guilds.allow_role(GUILD, 1, 70, allowed=True)
    assert guilds.allow_role(GUILD, 1, 70, allowed=True).labeller_roles == (70,)
    assert guilds.allow_role(GUILD, 1, 2**62, allowed=True).labeller_roles == (70, 2**62)
    assert guilds.allow_channel(GUILD, 1, 80, allowed=True).answer_channels == (80,)
    assert guilds.set_gallery(GUILD, 1, 2**62).gallery_channel == 2**62

    assert guilds.settings(GUILD) == GuildSettings(
        labeller_roles=(70, 2**62), answer_channels=(80,), gallery_channel=2**62
    )
    assert guilds.settings(GUILD + 1) == GuildSettings()
    assert guilds.allow_role(GUILD, 1, 70, allowed=False).labeller_roles == (2**62,)
    assert guilds.allow_role(GUILD, 1, 70, allowed=False).labeller_roles == (2**62,)  # it is off the list already
    assert guilds.allow_channel(GUILD, 1, 80, allowed=False).answer_channels == ()
    assert guilds.set_gallery(GUILD, 1, None).gallery_channel is None


def test_a_full_list_is_refused_until_what_was_deleted_leaves_it(database: Database) -> None:
    guilds = GuildService(database)
    for role_id in range(MAX_LISTED):
        guilds.allow_role(GUILD, 1, role_id, allowed=True)
    with pytest.raises(OmokageError) as refused:
        guilds.allow_role(GUILD, 1, 99, allowed=True)
    assert refused.value.details == {"reason": "list-full", "most": MAX_LISTED}
    assert len(guilds.settings(GUILD).labeller_roles) == MAX_LISTED

    changed = guilds.allow_role(GUILD, 1, 99, allowed=True, gone={3, 4})
    assert changed.labeller_roles == (*(one for one in range(MAX_LISTED) if one not in {3, 4}), 99)


def test_the_first_who_notes_a_thread_wins_and_its_answer_is_known(database: Database) -> None:
    guilds = GuildService(database)
    insert_job_row(database, 5)
    assert guilds.learning_thread(GUILD) is None
    assert guilds.begin_learning_thread(GUILD, 5, 2**62, None) == 2**62
    assert guilds.begin_learning_thread(GUILD, 5, 2**62, None) == 2**62  # as somebody does who comes after it
    assert guilds.begin_learning_thread(GUILD, 6, 71, None) == 2**62  # another process was faster
    assert answer_message(database, 5) == 2**62

    assert guilds.begin_learning_thread(GUILD, 6, 71, 2**62) == 71  # the former is of no use any more
    assert guilds.learning_thread(GUILD) == 71
    assert guilds.settings(GUILD) == GuildSettings()
    assert guilds.set_gallery(GUILD, 1, 80).gallery_channel == 80
    assert guilds.learning_thread(GUILD) == 71
    assert guilds.learning_thread(GUILD + 1) is None


def insert_job_row(database: Database, job_id: int) -> None:
    request = JobRequest(job_id, JobKind.LEARN, Origin(GUILD, 1, 1, "en", 1, ""), {})
    with database.write() as connection:
        insert_job(connection, request, now_utc(), state=JobState.WAITING)


def answer_message(database: Database, job_id: int) -> int | None:
    with database.read() as connection:
        return get_job(connection, job_id).answer_message_id
