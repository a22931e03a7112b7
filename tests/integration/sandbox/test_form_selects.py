"""Selects in forms: what the bot gets of them, and what a Discord client would not let a member send."""

from __future__ import annotations

import pytest

from sandbox.driver import DriverError, Member
from sandbox.types import Json
from sandbox.world import fixtures
from tests.integration.sandbox.raw_bot import RawBot

MODAL = 9


def labelled(label: str, component: Json) -> Json:
    return {"type": 18, "label": label, "component": component}


def string_select(custom_id: str, **more: object) -> Json:
    options = [{"label": name, "value": name.lower()} for name in ("Haru", "Mina", "Otis")]
    return {"type": 3, "custom_id": custom_id, "options": options} | more


FORM = {
    "title": "t",
    "custom_id": "form",
    "components": [
        labelled("Who", string_select("who", required=False, min_values=0)),
        labelled("Others", string_select("others", max_values=2)),
        labelled(
            "Member", {"type": 5, "custom_id": "member", "default_values": [{"id": fixtures.BEN_ID, "type": "user"}]}
        ),
        labelled("Name", {"type": 4, "custom_id": "name", "style": 1, "required": False}),
    ],
}


async def opened(raw: RawBot, member: Member) -> Json:
    interaction = await member.command("go")
    assert (await raw.respond(await raw.next(), MODAL, FORM)).status == 200
    return await interaction.modal()


async def test_the_bot_gets_choices_in_the_forms_order_with_what_they_refer_to(raw: RawBot, aiko: Member) -> None:
    form = await opened(raw, aiko)

    await aiko.submit(form, {"Name": "Rosa", "Others": ["Mina", "otis"], "Who": "Haru"})
    data = (await raw.next())["data"]

    fields = [label["component"] for label in data["components"]]
    assert [field.get("values", field.get("value")) for field in fields] == [
        ["haru"],
        ["mina", "otis"],
        [fixtures.BEN_ID],  # chosen from the start, and left alone
        "Rosa",
    ]
    assert [field["type"] for field in fields] == [3, 3, 5, 4]
    assert data["resolved"]["users"][fixtures.BEN_ID]["username"] == "ben"


async def test_a_select_that_is_not_required_may_be_left_alone(raw: RawBot, aiko: Member, ben: Member) -> None:
    await aiko.submit(await opened(raw, aiko), {"Others": "Mina", "Member": [ben]})

    fields = [label["component"] for label in (await raw.next())["data"]["components"]]
    assert [field.get("values", field.get("value")) for field in fields] == [[], ["mina"], [ben.id], ""]


@pytest.mark.parametrize(
    "values",
    [
        {},  # "Others" is required
        {"Others": "Nobody"},
        {"Others": ["Haru", "Mina", "Otis"]},
        {"Others": ["Mina", "Mina"]},
        {"Others": "Mina", "Who": ["Haru", "Mina"]},
        {"Others": "Mina", "Who": "9"},
        {"Others": "Mina", "Member": "9"},
    ],
)
async def test_choices_that_a_client_would_not_send_are_refused(raw: RawBot, aiko: Member, values: Json) -> None:
    form = await opened(raw, aiko)

    with pytest.raises(DriverError):
        await aiko.submit(form, values)


async def test_a_form_that_discord_refuses_leaves_the_interaction_to_be_answered(raw: RawBot, aiko: Member) -> None:
    asked = await aiko.command("go")
    interaction = await raw.next()
    wrong = FORM | {"components": [labelled("Who", string_select("who", disabled=True))]}

    refused = await raw.respond(interaction, MODAL, wrong)
    again = await raw.respond(interaction, MODAL, FORM)

    place = ("data", "components", 0, "component", "disabled")
    assert refused.error_at(*place) == "MODAL_COMPONENT_DISABLED"
    assert again.status == 200
    assert (await asked.modal())["custom_id"] == "form"
