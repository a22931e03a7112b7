"""Who objects is named in no answer, also not in those that were given before and are shown again."""

from __future__ import annotations

from bot.client import OmokageBot
from core.bootstrap import Services
from core.domain.jobs import JobKind
from sandbox.driver import Member
from tests.integration.bot.full_guild import SECRET, FullGuild
from tests.integration.bot.test_classify import EPHEMERAL

REFUSAL = "This answer names somebody who does not want to be named any more"
# The name is in a drawn picture, or the answer is about the person.
REFUSED = {JobKind.CLASSIFY, JobKind.WHY, JobKind.EVALUATE, JobKind.OPTIMIZE}


async def shown_again(member: Member, here: FullGuild) -> dict[JobKind, str]:
    """Read what /show posts of every kind of job; errors are for the member alone."""
    texts = {}
    for kind, job in here.done.items():
        answer = await (await member.command("show", job=str(job.id))).answer()
        assert answer["flags"] & EPHEMERAL or not answer["content"].startswith(REFUSAL)
        texts[kind] = f"{answer['content']} {answer['embeds']}"
    return texts


async def test_answers_that_name_somebody_are_not_shown_again_once_the_person_objects(
    here: FullGuild, bot: OmokageBot, services: Services, aiko: Member
) -> None:
    before = await shown_again(aiko, here)
    services.people_editor.record_objection(here.guild_id, SECRET)
    after = await shown_again(aiko, here)

    assert {kind for kind, text in before.items() if SECRET in text} >= REFUSED | {JobKind.TEACH}
    assert {kind for kind, text in after.items() if text.startswith(REFUSAL)} == REFUSED
    # Data sets are called so, and moderators ask for the pictures of somebody by name; no answer says it of a face.
    assert {kind for kind, text in after.items() if SECRET in text.replace(f"{SECRET} album", "")} == {JobKind.SHEET}


async def test_cards_of_models_and_lists_of_jobs_leave_the_name_out(
    here: FullGuild, bot: OmokageBot, services: Services, aiko: Member
) -> None:
    first = here.version.classes[0]
    assert first[1] == here.person_id
    services.people_editor.record_objection(here.guild_id, SECRET)

    card = await (await aiko.command("model card", version=here.version.number)).answer()
    people = await (
        await aiko.click(
            card, next(b["custom_id"] for b in card["components"][0]["components"] if b["label"] == "People")
        )
    ).answer()
    offered = await aiko.autocomplete("show", "job", "")
    targets = await aiko.autocomplete("optimize", "target", "")

    for message in (card, people):
        assert first[0] not in str(message["embeds"])
        assert here.version.classes[1][0] in str(message["embeds"])
    assert [choice["name"] for choice in offered if SECRET in choice["name"].replace(f"{SECRET} album", "")] == []
    assert targets == []
