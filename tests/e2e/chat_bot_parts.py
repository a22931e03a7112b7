"""The buttons, selects, forms and layouts of the bot in chat_bot.py."""

from __future__ import annotations

import asyncio
from typing import Any

import discord

NAMES = ("Haru", "Mina", "Otis")


class Form(discord.ui.Modal, title="Who is this?"):
    """A text, a longer one, a choice and some words in between."""

    intro: discord.ui.TextDisplay[Any] = discord.ui.TextDisplay("Tell me **who** it is.")
    name: discord.ui.Label[Any] = discord.ui.Label(
        text="Name",
        description="As people call them",
        component=discord.ui.TextInput(custom_id="name", min_length=2, max_length=32),
    )
    kind: discord.ui.Label[Any] = discord.ui.Label(
        text="Kind",
        component=discord.ui.Select(
            custom_id="kind",
            options=[discord.SelectOption(label="Person", value="person"), discord.SelectOption(label="Pet")],
        ),
    )
    notes: discord.ui.TextInput[Any] = discord.ui.TextInput(
        label="Notes", style=discord.TextStyle.paragraph, required=False
    )
    mood: discord.ui.Label[Any] = discord.ui.Label(
        text="Mood",
        component=discord.ui.RadioGroup(
            options=[discord.RadioGroupOption(label=one, value=one.lower()) for one in ("Calm", "Merry")],
            required=False,
        ),
    )

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        name, kind, mood = self.name.component, self.kind.component, self.mood.component
        assert isinstance(name, discord.ui.TextInput)
        assert isinstance(kind, discord.ui.Select)
        assert isinstance(mood, discord.ui.RadioGroup)
        await interaction.response.send_message(f"{name.value} ({kind.values[0]}, {mood.value}) {self.notes.value}")


class Who(discord.ui.Modal, title="Who is face 2?"):
    """A choice and a text, of which neither is required."""

    who: discord.ui.Label[Any] = discord.ui.Label(
        text="Somebody I know",
        component=discord.ui.Select(
            custom_id="who",
            placeholder="Choose a person",
            required=False,
            min_values=0,
            options=[discord.SelectOption(label=name, value=name.lower(), description="60% alike") for name in NAMES],
        ),
    )
    name: discord.ui.Label[Any] = discord.ui.Label(
        text="Or another name", component=discord.ui.TextInput(custom_id="name", required=False)
    )

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        who, name = self.who.component, self.name.component
        assert isinstance(who, discord.ui.Select)
        assert isinstance(name, discord.ui.TextInput)
        await interaction.response.send_message(f"chosen {who.values}, typed {name.value!r}")


class Panel(discord.ui.View):
    """Buttons of every style and two selects, persistent."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.add_item(discord.ui.Button(label="Manual", url="https://example.org/manual"))

    @discord.ui.button(label="Right", custom_id="right", style=discord.ButtonStyle.success, emoji="✅")
    async def right(self, interaction: discord.Interaction[Any], _: Any) -> None:
        await interaction.response.edit_message(content="Thank you, **noted**")

    @discord.ui.button(label="This is …", custom_id="name", style=discord.ButtonStyle.primary)
    async def name(self, interaction: discord.Interaction[Any], _: Any) -> None:
        await interaction.response.send_modal(Form())

    @discord.ui.button(label="Slow", custom_id="slow")
    async def slow(self, interaction: discord.Interaction[Any], _: Any) -> None:
        await asyncio.sleep(0.5)
        await interaction.response.send_message("Done slowly", ephemeral=True)

    @discord.ui.button(label="Broken", custom_id="broken", style=discord.ButtonStyle.danger)
    async def broken(self, interaction: discord.Interaction[Any], _: Any) -> None:
        """Answers nothing, so that the three seconds pass."""

    @discord.ui.select(
        custom_id="one",
        placeholder="Somebody",
        options=[discord.SelectOption(label=name, value=name.lower(), description="a person") for name in NAMES],
    )
    async def one(self, interaction: discord.Interaction[Any], select: discord.ui.Select[Any]) -> None:
        await interaction.response.send_message(f"You chose {select.values[0]}", ephemeral=True)

    @discord.ui.select(
        custom_id="many",
        placeholder="Several",
        min_values=1,
        max_values=2,
        options=[discord.SelectOption(label=name, value=name.lower(), default=name == "Otis") for name in NAMES],
    )
    async def many(self, interaction: discord.Interaction[Any], select: discord.ui.Select[Any]) -> None:
        await interaction.response.send_message(f"You chose {' and '.join(sorted(select.values))}", ephemeral=True)


def layout() -> discord.ui.LayoutView:
    """Text, picture, section and button in a container."""
    gallery = discord.ui.MediaGallery[Any](discord.MediaGalleryItem("attachment://curve.png", description="the curve"))
    section = discord.ui.Section[Any](
        "**Recogniser** run 7", accessory=discord.ui.Button(label="Open", url="https://example.org/run")
    )
    row = discord.ui.ActionRow[Any](discord.ui.Button(label="Stop", custom_id="slow"))
    parts = (discord.ui.TextDisplay[Any]("## Training"), section, gallery, discord.ui.Separator[Any](), row)
    return discord.ui.LayoutView(timeout=None).add_item(discord.ui.Container[Any](*parts, accent_colour=0x8FB8DE))
