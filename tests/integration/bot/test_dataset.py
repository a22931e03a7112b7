"""Data sets from the chat: what there is, what of it is worth keeping, and a data set of just that."""

from __future__ import annotations

import pytest

from bot.client import OmokageBot
from core.bootstrap import Services
from core.domain.jobs import JSON, Job, JobKind
from core.settings import Settings
from sandbox.driver import Driver, Member
from tests.integration.bot.conftest import kill, serving
from tests.integration.bot.fakes.trainer import a_dataset, pictures
from tests.integration.bot.fakes.worker import OWNER, FakeWorker, jpeg
from tests.integration.bot.status_messages import buttons, said


class Curator:
    """What a worker answers: forty pictures are left out, and a data set is made of the others."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.asked: list[dict[str, JSON]] = []
        self.kept = 2460

    def __call__(self, job: Job) -> None:
        self.asked.append(dict(job.params))
        if "report" in job.params:
            made = pictures(self.services, "faces curated", self.kept)
            self.services.jobs.leases.finish(job.id, OWNER, {"made": made.id})
            return
        blobs = self.services.blobs
        result: dict[str, JSON] = {
            "dataset_id": job.params["dataset_id"],
            "subject": "face",
            "pictures": 2500,
            "kept": self.kept,
            "dropped": {"copy": 1, "blurred": 39},  # as a database may return it
            "report": blobs.put(b"{}"),
            "dropped_sheet": blobs.put(jpeg(40, 31)),
        }
        if self.kept:
            result["kept_sheet"] = blobs.put(jpeg(40, 30))
        self.services.jobs.leases.finish(job.id, OWNER, result)


@pytest.fixture
def curator(services: Services, worker: FakeWorker) -> Curator:
    made = Curator(services)
    worker.others[JobKind.CURATE] = made
    return made


async def test_data_sets_are_listed(bot: OmokageBot, services: Services, aiko: Member) -> None:
    none = await (await aiko.command("dataset list")).answer()
    a_dataset(services)
    pictures(services)
    listed = await (await aiko.command("dataset list")).answer()

    assert none["content"].startswith("There is no data set in this server yet.")
    lines = said(listed).splitlines()
    assert lines[0] == "Data sets"
    assert lines[1].startswith("**faces v1** · 2,500 pictures · <t:")
    assert lines[2].startswith("**family v1** · 3 people, 30 pictures · <t:")


async def test_a_moderator_curates_and_makes_a_data_set_of_what_is_kept(  # noqa: PLR0917 - fixtures
    bot: OmokageBot, services: Services, curator: Curator, aiko: Member, ben: Member, driver: Driver
) -> None:
    # Given a data set, and what is found in it
    dataset = pictures(services)
    shown = await (await aiko.command("dataset curate", data="faces")).answer()
    assert said(shown).splitlines()[:4] == [
        "🧹 faces v1: what is worth learning from",
        "**2,460** of 2,500 pictures can be kept.",
        "🌫️ 39 blurred, or enlarged",
        "👯 1 there more than once; the sharpest is kept",
    ]
    assert "Nothing was deleted" in said(shown)
    for frame in shown["embeds"]:
        assert (await driver.download(frame["image"]["url"])).startswith(b"\xff\xd8")
    assert buttons(shown) == ["Make a data set of what is kept"]
    # When somebody else presses
    refused = await (await ben.click(shown, "Make a data set of what is kept")).answer()
    # And then a moderator
    made = await (await aiko.click(shown, "Make a data set of what is kept")).answer()
    # Then it is made from the report, and the first answer stays
    assert "Only moderators" in refused["content"]
    assert said(made).splitlines()[0] == "🗂️ Data set faces curated v1"
    assert "/train start learns from it." in said(made)
    assert [one["dataset_id"] for one in curator.asked] == [dataset.id, dataset.id]
    assert set(curator.asked[1]) >= {"report", "title"}
    assert made["id"] != shown["id"]


async def test_where_nothing_is_kept_there_is_nothing_to_make(
    bot: OmokageBot, services: Services, curator: Curator, aiko: Member
) -> None:
    pictures(services)
    curator.kept = 0
    shown = await (await aiko.command("dataset curate")).answer()
    assert len(shown["embeds"]) == 1
    assert buttons(shown) == []


async def test_the_button_works_after_a_restart(
    services: Services, settings: Settings, worker: FakeWorker, curator: Curator, aiko: Member
) -> None:
    pictures(services)
    async with serving(services, settings, worker) as first:
        shown = await (await aiko.command("dataset curate")).answer()
        await kill(first)
    async with serving(services, settings, worker):
        made = await (await aiko.click(shown, "Make a data set of what is kept")).answer()
    assert "🗂️ Data set faces curated v1" in said(made)


async def test_a_data_set_that_there_is_not_is_said(bot: OmokageBot, curator: Curator, aiko: Member) -> None:
    answer = await (await aiko.command("dataset curate", data="nothing")).answer()
    assert answer["content"].startswith("There is no such data set here.")
    assert curator.asked == []


async def test_members_see_the_list_and_are_refused_a_curation(
    bot: OmokageBot, services: Services, curator: Curator, ben: Member
) -> None:
    a_dataset(services)
    listed = await (await ben.command("dataset list")).answer()
    refused = await (await ben.command("dataset curate", data="family")).answer()
    assert "**family v1** · 3 people, 30 pictures" in said(listed)
    assert refused["content"].startswith("Only moderators may do that.")
    assert curator.asked == []
