"""Moderators make two people of one who was taken for both: a numbered sheet of pictures, a button, and a form."""

from __future__ import annotations

import pytest

from bot.client import OmokageBot
from core.bootstrap import Services
from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import NewFace
from sandbox.driver import Member
from sandbox.types import Json
from sandbox.world import fixtures
from tests.integration.bot.fakes.sheets import FakeSheets
from tests.integration.bot.fakes.worker import FakeWorker, embedding, face
from tests.integration.bot.test_classify import EPHEMERAL

GUILD = int(fixtures.GUILD_ID)
SPLIT, NEXT = "Choose pictures …", "Next ▶"


def enrol(services: Services, name: str, *values: int) -> int:
    """Store a picture for each value; return the person's id."""
    faces = [NewFace(1, face(1).box, 0.9, (), embedding(value), "test") for value in values]
    return [services.people.enrol(GUILD, name, one, source="cli:x").id for one in faces][-1]


@pytest.fixture
def sheets(services: Services, worker: FakeWorker) -> FakeSheets:
    return FakeSheets(services, worker)


@pytest.fixture
def twins(services: Services, sheets: FakeSheets) -> int:
    """Hana_ko, of whom there are three pictures; her id."""
    return enrol(services, "Hana_ko", 1, 2, 3)


async def listed(member: Member) -> Json:
    """The sheet of her pictures, with a line for each."""
    return await (await member.command("people split", name="hana_ko")).wait_for(lambda m: bool(m["embeds"]))


def buttons(message: Json) -> list[str]:
    return [button["label"] for row in message["components"] for button in row["components"]]


def options_of(form: Json) -> list[str]:
    return [option["label"] for option in form["components"][0]["component"]["options"]]


def pictures(services: Services) -> list[tuple[str, int]]:
    return [(person.name, person.pictures) for person in services.people.list(GUILD)]


async def test_chosen_pictures_become_somebody_elses(
    twins: int, bot: OmokageBot, services: Services, aiko: Member
) -> None:
    message = await listed(aiko)
    form = await (await aiko.click(message, SPLIT)).modal()
    options = options_of(form)
    values = {"Pictures of somebody else": [options[0], options[2]], "Who is that?": "Hana*"}
    done = await (await aiko.submit(form, values)).answer()

    (embed,) = message["embeds"]
    assert embed["title"] == "Which pictures of Hana\\_ko show somebody else?"
    assert [line.split(" · ")[0] for line in embed["description"].splitlines()] == ["**1**", "**2**", "**3**"]
    assert all(
        line.endswith("> · whoever runs this bot (or somebody who was forgotten since)")
        for line in embed["description"].splitlines()
    )
    assert form["title"] == "Split Hana_ko"
    assert [option.split(" · ")[0] for option in options] == ["1", "2", "3"]
    assert done["content"] == (
        "Done: 2 faces show **Hana\\*** now, of whom I know 2 pictures. "
        "It is noted that **Hana\\*** and **Hana\\_ko** are two people."
    )
    assert message["flags"] & done["flags"] & EPHEMERAL
    assert pictures(services) == [("Hana*", 2), ("Hana_ko", 1)]
    with pytest.raises(OmokageError) as refused:
        services.people_editor.check_merge(GUILD, "Hana*", "Hana_ko")
    assert refused.value.code is ErrorCode.PEOPLE_CONFLICT


async def test_many_pictures_are_pages_whose_numbers_go_on(
    sheets: FakeSheets, bot: OmokageBot, services: Services, aiko: Member
) -> None:
    enrol(services, "Hana_ko", *range(1, 31))
    first = await listed(aiko)
    second = await (await aiko.click(first, NEXT)).wait_for(lambda m: bool(m["embeds"]))
    form = await (await aiko.click(second, SPLIT)).modal()
    values = {"Pictures of somebody else": [options_of(form)[-1]], "Who is that?": "Hana"}
    await (await aiko.submit(form, values)).answer()

    assert (buttons(first), buttons(second)) == ([SPLIT, NEXT], [SPLIT, "◀ Previous"])
    assert [len(message["embeds"][0]["description"].splitlines()) for message in (first, second)] == [25, 5]
    assert [message["embeds"][0]["footer"]["text"] for message in (first, second)] == ["Page 1 of 2", "Page 2 of 2"]
    assert [option.split(" · ")[0] for option in options_of(form)] == ["26", "27", "28", "29", "30"]
    assert first["embeds"][0]["image"]["url"] != second["embeds"][0]["image"]["url"]
    assert first["flags"] & second["flags"] & EPHEMERAL
    (person,) = [person for person in services.people.list(GUILD) if person.name == "Hana"]
    (oldest,) = services.people.gallery.faces_of(GUILD, person.id)  # the last number is of the oldest picture
    assert oldest.embedding == embedding(1)


async def test_numbers_stay_those_of_the_picture_whatever_is_named_meanwhile(
    twins: int, bot: OmokageBot, services: Services, aiko: Member
) -> None:
    message = await listed(aiko)
    newest = services.people.gallery.faces_of(GUILD, twins)[0]
    enrol(services, "Hana_ko", 9)  # would be number 1 of a new sheet
    services.splitter.split(GUILD, "Hana_ko", "Ben", [newest.id], by=1)
    form = await (await aiko.click(message, SPLIT)).modal()

    assert [option.split(" · ")[0] for option in options_of(form)] == ["2", "3"]


async def test_a_sheet_is_shown_again_to_moderators_alone_and_goes_with_the_person(  # noqa: PLR0917 - fixtures
    twins: int, sheets: FakeSheets, bot: OmokageBot, services: Services, aiko: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    await listed(aiko)
    (job,) = sheets.requested
    again = await (await aiko.command("show", job=str(job.id))).wait_for(lambda m: bool(m["embeds"]))
    assert again["flags"] & EPHEMERAL
    with monkeypatch.context() as patched:
        patched.setattr("bot.ui.permissions.is_moderator", lambda _: False)
        refused = await (await aiko.command("show", job=str(job.id))).answer()
    assert refused["content"].startswith("Only moderators may do that.")

    picture = str((services.jobs.get(job.id).result or {})["picture"])
    services.people_editor.remove(GUILD, "Hana_ko")
    assert services.jobs.get(job.id).result is None
    assert not services.blobs.size(picture)


async def test_nothing_is_split_where_nothing_would_be_left(
    twins: int, bot: OmokageBot, services: Services, aiko: Member
) -> None:
    enrol(services, "Ben", 9)
    form = await (await aiko.click(await listed(aiko), SPLIT)).modal()
    options = options_of(form)
    values = {"Pictures of somebody else": options, "Who is that?": "Hana"}
    everything = await (await aiko.submit(form, values)).answer()
    single = await (await aiko.command("people split", name="Ben")).answer()

    assert everything["content"].startswith("**Hana\\_ko** would have no picture left.")
    assert single["content"].startswith("**Ben** would have no picture left.")
    assert pictures(services) == [("Ben", 1), ("Hana_ko", 3)]


async def test_only_moderators_may_and_only_of_people_who_are_known(
    twins: int, bot: OmokageBot, services: Services, aiko: Member, ben: Member
) -> None:
    refused = await (await ben.command("people split", name="Hana_ko")).answer()
    offered = await ben.autocomplete("people split", "name", "")
    unknown = await (await aiko.command("people split", name="Nobody")).answer()
    message = await listed(aiko)
    services.people_editor.remove(GUILD, "Hana_ko")
    gone = await (await aiko.click(message, SPLIT)).answer()

    assert refused["content"].startswith("Only moderators may do that.")
    assert offered == []
    assert unknown["content"].startswith("This person is no longer known here.")
    assert gone["content"].startswith("The picture is no longer there")
