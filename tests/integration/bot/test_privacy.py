"""/privacy in the chat: what is kept, the own data, forgetting members and people."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

import aiohttp
import pytest

from bot.client import OmokageBot
from bot.features.privacy import commands
from bot.features.privacy.views import ForgetMeButton, ForgetPersonButton, ReceiptButton
from core.bootstrap import Services
from core.domain.people import FaceRef, NewFace
from sandbox.driver import Invocation, Member
from sandbox.types import Json
from sandbox.world import fixtures
from tests.integration.bot import every_control
from tests.integration.bot.fakes.worker import FakeWorker, embedding, face
from tests.integration.bot.test_classify import EPHEMERAL, PHOTO

GUILD, OTHER = int(fixtures.GUILD_ID), 4_242_424_242
AIKO = int(fixtures.AIKO_ID)


def enrol(services: Services, name: str, guild: int = GUILD) -> int:
    new = NewFace(1, face(1).box, 0.9, (), embedding(1), "test")
    photo = services.blobs.put(f"{name} {guild}".encode())
    return services.people.enrol(guild, name, new, source="cli:x", photo=photo).id


def names(services: Services, guild: int = GUILD) -> list[str]:
    return [person.name for person in services.people.list(guild)]


async def press(member: Member, message: Json) -> Invocation:
    """Press the only button below a message."""
    (row,) = message["components"]
    (button,) = row["components"]
    return await member.click(message, button["custom_id"])


@pytest.mark.parametrize("command", ["privacy about", "privacy policy"])
async def test_rules_are_shown_to_whoever_asks_in_both_languages(
    bot: OmokageBot, ben: Member, chie: Member, command: str
) -> None:
    english, japanese = [await (await member.command(command)).answer() for member in (ben, chie)]
    assert english["flags"] & japanese["flags"] & EPHEMERAL
    assert "biometric" in json.dumps(english["embeds"])
    assert "生体情報" in json.dumps(japanese["embeds"], ensure_ascii=False)


async def test_the_policy_says_after_how_many_days(bot: OmokageBot, ben: Member) -> None:
    default = await (await ben.command("privacy policy")).answer()
    bot.settings = replace(bot.settings, storage=replace(bot.settings.storage, keep_days=0))
    for_ever = await (await ben.command("privacy policy")).answer()
    assert "30 days after the answer" in json.dumps(default["embeds"])
    assert "until somebody deletes them. Tokens" in json.dumps(for_ever["embeds"])


async def test_a_person_is_forgotten_after_a_question_with_a_receipt(
    bot: OmokageBot, services: Services, aiko: Member, ben: Member
) -> None:
    enrol(services, "Hana_ko")
    enrol(services, "Hana_ko", OTHER)
    asked, again = [await aiko.command("privacy forget-person", name="hana_ko") for _ in range(2)]
    question = await asked.answer()
    before = names(services)
    await (await press(aiko, question)).ack()
    done = await aiko.wait_for(lambda message: message["content"].startswith("**Hana\\_ko** is forgotten."))
    receipt = await (await press(aiko, done)).answer()
    second = await (await press(aiko, await again.answer())).answer()
    (stored,) = services.forgetter.receipts(GUILD)
    receipt_id = f"privacy:receipt:{stored.id}"
    (refused,) = await every_control.press_all(bot, ben, [(ReceiptButton, receipt_id)], [])

    assert question["content"].startswith("Forget **Hana\\_ko** (one picture)?")
    assert "also those that show others" in question["content"]
    assert question["flags"] & receipt["flags"] & EPHEMERAL
    assert before == ["Hana_ko"]
    assert (names(services), names(services, OTHER)) == ([], ["Hana_ko"])
    assert "Faces deleted: 1. Photos deleted: 1." in done["content"]
    assert "Everything is done." in done["content"]
    assert stored.id in receipt["embeds"][0]["description"]
    assert "Hana" not in json.dumps(receipt["embeds"])
    assert second["content"].startswith("This person is no longer known here.")
    assert (await refused.answer())["content"].startswith("Only moderators may do that.")
    assert len(services.forgetter.receipts(GUILD)) == 1


async def test_receipts_and_people_of_another_guild_are_out_of_reach(
    bot: OmokageBot, services: Services, aiko: Member
) -> None:
    enrol(services, "Taro", OTHER)
    hanako = enrol(services, "Hanako", OTHER)
    theirs = services.forgetter.forget(OTHER, "Taro", by=1).receipt.id
    forged = [(ReceiptButton, f"privacy:receipt:{theirs}"), (ForgetPersonButton, f"privacy:forget-person:{hanako}")]
    person, receipt = await every_control.press_all(bot, aiko, forged, [])

    assert (await receipt.answer())["content"].startswith("There is no such receipt in this server.")
    assert (await person.answer())["content"].startswith("This person is no longer known here.")
    assert names(services, OTHER) == ["Hanako"]


async def test_only_moderators_forget_and_only_people_who_are_known(
    bot: OmokageBot, services: Services, aiko: Member, ben: Member
) -> None:
    enrol(services, "Hanako")
    enrol(services, "Taro", OTHER)
    refused = await (await ben.command("privacy forget-person", name="Hanako")).answer()
    offered = await ben.autocomplete("privacy forget-person", "name", "")
    unknown = await (await aiko.command("privacy forget-person", name="Taro")).answer()

    assert refused["content"].startswith("Only moderators may do that.")
    assert offered == []
    assert unknown["content"].startswith("This person is no longer known here.")
    assert (names(services), names(services, OTHER)) == (["Hanako"], ["Taro"])


async def test_a_member_sees_takes_along_and_has_deleted_what_is_kept(
    bot: OmokageBot, services: Services, worker: FakeWorker, aiko: Member, ben: Member
) -> None:
    # Given a member who asked who is in a photo and named a face, and another one
    nothing = await (await aiko.command("privacy my-data")).answer()
    asked = await aiko.command("classify", photo=PHOTO)
    await asked.answer()
    others = await ben.command("classify", photo=PHOTO)
    await others.answer()
    where = {"channel_id": 7, "message_id": 77, "source": "this-is"}
    services.people.name_face(FaceRef(asked.id, 1), GUILD, "Hana_ko", by=AIKO, **where)  # type: ignore[arg-type]
    # When the member asks what is kept
    counted = await (await aiko.command("privacy my-data")).answer()
    exported = await (await aiko.command("privacy export")).answer()
    # Then it is counted and handed out, to nobody else
    assert nothing["embeds"][0]["description"].startswith("Nothing.")
    fields = {field["name"]: field["value"].splitlines() for field in counted["embeds"][0]["fields"]}
    assert fields["Yours: deleted with you"][:3] == ["Commands: 1", "Photos: 1", "Pictures of answers: 1"]
    assert counted["flags"] & exported["flags"] & EPHEMERAL
    archive = zipfile.ZipFile(io.BytesIO(await _download(exported)))
    rows = json.loads(archive.read("my-data.json"))
    assert [row["id"] for row in rows["jobs"]] == [int(asked.id)]
    assert len(archive.namelist()) == 3
    # And when it is to be deleted, that is done after a question
    question = await (await aiko.command("privacy forget-me")).answer()
    assert services.member_data.counts(GUILD, AIKO)["jobs"] == 1
    forged = (ForgetMeButton, f"privacy:forget-me:{AIKO}")
    (foreign,) = await every_control.press_all(bot, ben, [forged], [])
    await (await press(aiko, question)).ack()
    done = await aiko.wait_for(lambda message: message["content"].startswith("Done: nothing here says"))
    assert (await foreign.answer())["content"].startswith("Only you yourself can have what you did deleted")
    assert done["components"] == []
    assert not any(services.member_data.counts(GUILD, AIKO).values())
    assert names(services) == ["Hana_ko"]
    assert services.jobs.get(others.id).result is not None


async def test_an_export_that_is_too_large_comes_without_files(
    bot: OmokageBot, worker: FakeWorker, aiko: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    await (await aiko.command("classify", photo=PHOTO)).answer()
    monkeypatch.setattr(commands, "MAX_UPLOAD_BYTES", 100)
    exported = await (await aiko.command("privacy export")).answer()
    assert "without the 2 photos and pictures" in exported["content"]
    assert zipfile.ZipFile(io.BytesIO(await _download(exported))).namelist() == ["my-data.json"]


async def _download(message: Json) -> bytes:
    (attachment,) = message["attachments"]
    assert attachment["filename"] == commands.EXPORT_NAME
    async with aiohttp.ClientSession() as session, session.get(attachment["url"]) as response:
        return await response.read()
