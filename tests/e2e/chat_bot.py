"""A discord.py bot with one of everything that the web chat can show."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from tests.e2e.chat_bot_parts import Form, Panel, Who, layout

JAPANESE = {
    "classify": "判別",
    "Say who is in a photo": "写真に写っている人を当てます",
    "photo": "写真",
    "Ask": "これは誰？",
}
PEOPLE = ("Haru", "Mina", "Otis", "Rosa", "Yuki")


class Words(app_commands.Translator):
    """Japanese for what is in the table."""

    async def translate(
        self, string: locale_str, locale: discord.Locale, _: app_commands.TranslationContextTypes
    ) -> str | None:
        return JAPANESE.get(string.message) if locale is discord.Locale.japanese else None


class ChatBot(discord.Client):
    """Answers every command; `step` is released by a test to let a long answer go on."""

    def __init__(self) -> None:
        # discord.py waits this long for a further guild before it says that it is ready; there is just one.
        super().__init__(intents=discord.Intents.default(), guild_ready_timeout=0.05)
        self.tree = app_commands.CommandTree(self)
        self.step = asyncio.Semaphore(0)
        self.ready = asyncio.Event()
        add_commands(self)
        add_talk(self)
        add_forms(self)
        add_menus(self)

    async def setup_hook(self) -> None:
        self.add_view(Panel())
        await self.tree.set_translator(Words())
        await self.tree.sync()

    async def on_ready(self) -> None:
        self.ready.set()


def add_commands(bot: ChatBot) -> None:
    """Commands with every kind of option."""
    tree = bot.tree

    @tree.command(description="Say who is in a photo")
    async def classify(interaction: discord.Interaction[Any], photo: discord.Attachment, note: str = "") -> None:
        await interaction.response.defer()
        data = await photo.read()
        await bot.step.acquire()
        embed = discord.Embed(title="2 of 3 faces recognised", colour=0xE9B872, timestamp=discord.utils.utcnow())
        embed.description = "**1 Haru** 97 % · Mina 2 %\n**2 Mina** 91 %\n3 nobody I know"
        embed.add_field(name="Model", value="`dlib-29`", inline=True).add_field(name="Time", value="0.4 s", inline=True)
        embed.set_image(url="attachment://out.png").set_footer(text="Omokage").set_author(name="Faces")
        await interaction.edit_original_response(
            content=f"{photo.filename} has {len(data)} bytes {note}".strip(),
            embed=embed,
            attachments=[discord.File(io.BytesIO(data), "out.png")],
            view=Panel(),
        )

    @tree.command(description="Find a person by name")
    @app_commands.choices(
        order=[app_commands.Choice(name="Newest first", value="new"), app_commands.Choice(name="By name", value="name")]
    )
    async def find(  # noqa: PLR0917 - discord.py reads a command's options from its parameters
        interaction: discord.Interaction[Any],
        person: str,
        count: app_commands.Range[int, 1, 64],
        order: app_commands.Choice[str] | None = None,
        private: bool = False,
        friend: discord.Member | None = None,
    ) -> None:
        parts = [person, count, order and order.value, private, friend and friend.display_name]
        await interaction.response.send_message(" ".join(map(str, parts)), ephemeral=private)

    @find.autocomplete("person")
    async def people(_: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        return [
            app_commands.Choice(name=f"{name} (person)", value=name.lower())
            for name in PEOPLE
            if name.lower().startswith(current.lower())
        ]

    train = app_commands.Group(name="train", description="Training")

    @train.command(description="How the training goes")
    async def status(interaction: discord.Interaction[Any], run: int = 0) -> None:
        await interaction.response.send_message(f"run {run}")

    tree.add_command(train)


def add_talk(bot: ChatBot) -> None:
    """Commands that answer in every way."""
    tree = bot.tree

    @tree.command(description="Show progress")
    async def progress(interaction: discord.Interaction[Any]) -> None:
        picture = discord.File(io.BytesIO(bot_picture()), "curve.png")
        await interaction.response.send_message("step 0", file=picture)
        for step in (1, 2, 3):
            await bot.step.acquire()
            await interaction.edit_original_response(content=f"step {step}")

    @tree.command(description="Post the panel")
    async def panel(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("Choose", view=Panel())

    @tree.command(description="Say something once, to you only")
    async def whisper(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("Between us", ephemeral=True)

    @tree.command(description="Never answer")
    async def silent(interaction: discord.Interaction[Any]) -> None:
        pass

    @tree.command(description="Post many lines")
    async def lines(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("\n".join(f"line {number}" for number in range(60)))
        await bot.step.acquire()
        await interaction.followup.send("one more")

    @tree.command(description="Show layout components")
    async def card(interaction: discord.Interaction[Any]) -> None:
        file = discord.File(io.BytesIO(bot_picture()), "curve.png")
        await interaction.response.send_message(view=layout(), file=file)

    @tree.command(description="Repeat a text")
    async def echo(interaction: discord.Interaction[Any], text: str) -> None:
        await interaction.response.send_message(text.replace("\\n", "\n"))


def add_forms(bot: ChatBot) -> None:
    """Commands that open a form."""
    tree = bot.tree

    @tree.command(description="Fill in a form")
    async def form(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_modal(Form())

    @tree.command(description="Choose or type")
    async def who(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_modal(Who())


def add_menus(bot: ChatBot) -> None:
    """What one can do with a message."""

    @bot.tree.context_menu(name="Ask")
    async def ask(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        parts = (message, *message.message_snapshots)
        names = ", ".join(attachment.filename for part in parts for attachment in part.attachments)
        await interaction.response.send_message(f"Looked at {names or 'nothing'}", ephemeral=True)


def bot_picture(size: tuple[int, int] = (320, 120)) -> bytes:
    """A small picture to send."""
    from PIL import Image  # only this function draws

    buffer = io.BytesIO()
    Image.linear_gradient("L").resize(size).save(buffer, "PNG")
    return buffer.getvalue()
