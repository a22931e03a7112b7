"""A real discord.py client with one of everything, for the sandbox's tests."""

from __future__ import annotations

import asyncio
import io
import re
from typing import Any

import discord
from discord import app_commands

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf500f000301"
    "01006c0d5c2b0000000049454e44ae426082"
)
MODERATORS = discord.Permissions(manage_guild=True)


class Counter(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"counter:(?P<count>\d+)"):
    """A button whose state is in its custom id."""

    def __init__(self, count: int) -> None:
        super().__init__(discord.ui.Button(label=f"Count {count}", custom_id=f"counter:{count}"))
        self.count = count

    @classmethod
    async def from_custom_id(cls, _: Any, __: Any, match: re.Match[str], /) -> Counter:
        return cls(int(match["count"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        view = discord.ui.View(timeout=None)
        view.add_item(Counter(self.count + 1))
        await interaction.response.edit_message(content=f"Pressed {self.count + 1} times", view=view)


class Name(discord.ui.Modal, title="This is ..."):
    who: discord.ui.TextInput[Any] = discord.ui.TextInput(label="Name", max_length=32)
    kind: discord.ui.Label[Any] = discord.ui.Label(
        text="Kind",
        component=discord.ui.Select(
            custom_id="kind",
            options=[discord.SelectOption(label="Person", value="person"), discord.SelectOption(label="Pet")],
        ),
    )

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        assert isinstance(self.kind.component, discord.ui.Select)
        text = f"{self.who.value} ({self.kind.component.values[0]})"
        if interaction.message is not None:
            await interaction.response.edit_message(content=text)
        else:
            await interaction.response.send_message(text)


class Everything(discord.ui.Modal, title="Everything"):
    """One of each field that a form can have beside those of `Name`."""

    intro: discord.ui.TextDisplay[Any] = discord.ui.TextDisplay("Fill in")
    photo: discord.ui.Label[Any] = discord.ui.Label(text="Photo", component=discord.ui.FileUpload(max_values=2))
    size: discord.ui.Label[Any] = discord.ui.Label(
        text="Size",
        component=discord.ui.RadioGroup(options=[discord.RadioGroupOption(label=s, value=s) for s in "SML"]),
    )
    wishes: discord.ui.Label[Any] = discord.ui.Label(
        text="Wishes",
        component=discord.ui.CheckboxGroup(
            options=[discord.CheckboxGroupOption(label=s, value=s) for s in "ABC"], max_values=2, required=False
        ),
    )
    sure: discord.ui.Label[Any] = discord.ui.Label(text="Sure", component=discord.ui.Checkbox())

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        photo, size = self.photo.component, self.size.component
        wishes, sure = self.wishes.component, self.sure.component
        assert isinstance(photo, discord.ui.FileUpload)
        assert isinstance(size, discord.ui.RadioGroup)
        assert isinstance(wishes, discord.ui.CheckboxGroup)
        assert isinstance(sure, discord.ui.Checkbox)
        names = [f"{file.filename}:{len(await file.read())}" for file in photo.values]
        await interaction.response.send_message(f"{names} {size.value} {wishes.values} {sure.value}")


class Panel(discord.ui.View):
    """Buttons and a select, persistent."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Name", custom_id="panel:name", style=discord.ButtonStyle.primary)
    async def name(self, interaction: discord.Interaction[Any], _: Any) -> None:
        await interaction.response.send_modal(Name())

    @discord.ui.button(label="Later", custom_id="panel:later")
    async def later(self, interaction: discord.Interaction[Any], _: Any) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="Later is now")
        await interaction.followup.send("And more", ephemeral=True)

    @discord.ui.button(label="Never", custom_id="panel:never", disabled=True)
    async def never(self, interaction: discord.Interaction[Any], _: Any) -> None:
        raise AssertionError("a disabled button was pressed")

    @discord.ui.select(
        custom_id="panel:who",
        placeholder="Who?",
        options=[discord.SelectOption(label=n, value=n.lower()) for n in ("Ada", "Bob")],
    )
    async def who(self, interaction: discord.Interaction[Any], select: discord.ui.Select[Any]) -> None:
        await interaction.response.send_message(f"You chose {', '.join(select.values)}", ephemeral=True)

    @discord.ui.select(cls=discord.ui.UserSelect, custom_id="panel:member")
    async def member(self, interaction: discord.Interaction[Any], select: discord.ui.UserSelect[Any]) -> None:
        await interaction.response.send_message(f"You chose {select.values[0].display_name}")


class Redraw(discord.ui.View):
    """Replaces the picture of its message."""

    @discord.ui.button(label="Again")
    async def again(self, interaction: discord.Interaction[Any], _: Any) -> None:
        file = discord.File(io.BytesIO(PIXEL + b"2"), "q.png")
        await interaction.response.edit_message(attachments=[file], view=None)
        original = await interaction.original_response()
        follow_up = await interaction.followup.send(original.attachments[0].filename, wait=True)
        await follow_up.edit(content="edited")
        await follow_up.delete()


class Bot(discord.Client):
    """Answers, and remembers what it saw."""

    def __init__(self, intents: discord.Intents | None = None) -> None:
        # discord.py waits this long for a further guild before it says that it is ready; there is just one.
        super().__init__(intents=intents or discord.Intents.default(), guild_ready_timeout=0.05)
        self.tree = app_commands.CommandTree(self)
        self.seen: list[discord.Message] = []
        self.resumed = asyncio.Event()
        self.ready = asyncio.Event()
        add_commands(self.tree)

    async def setup_hook(self) -> None:
        self.add_dynamic_items(Counter)
        self.add_view(Panel())
        await self.tree.sync()

    async def on_message(self, message: discord.Message) -> None:
        self.seen.append(message)

    async def on_ready(self) -> None:
        self.ready.set()

    async def on_resumed(self) -> None:
        self.resumed.set()


def add_commands(tree: app_commands.CommandTree[Any]) -> None:  # noqa: C901  # one small function a command
    @tree.command(description="Say who is in a photo")
    async def classify(interaction: discord.Interaction[Any], photo: discord.Attachment, note: str = "") -> None:
        await interaction.response.defer()
        data = await photo.read()
        file = discord.File(io.BytesIO(data), "out.png", description="the same again")
        embed = discord.Embed(title=f"{photo.filename} {photo.width}x{photo.height} {note}".strip())
        embed.set_image(url="attachment://out.png")
        await interaction.edit_original_response(content=f"{len(data)} bytes", embed=embed, attachments=[file])
        await interaction.followup.send("done", files=[discord.File(io.BytesIO(data), "again.png")])

    @tree.command(description="All kinds of options")
    async def options(  # noqa: PLR0917
        interaction: discord.Interaction[Any],
        whole: app_commands.Range[int, 1, 10],
        real: float,
        flag: bool,
        who: discord.Member,
        where: discord.TextChannel | None = None,
    ) -> None:
        text = f"{whole} {real} {flag} {who.display_name} {where}"
        await interaction.response.send_message(text, ephemeral=True)

    @tree.command(description="Post the panel")
    async def panel(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("Choose", view=Panel())

    @tree.command(description="Answer with a picture")
    async def picture(interaction: discord.Interaction[Any], private: bool = False) -> None:
        file = discord.File(io.BytesIO(PIXEL), "p.png")
        await interaction.response.send_message(view=Redraw(), file=file, ephemeral=private)

    @tree.command(description="Count presses")
    async def count(interaction: discord.Interaction[Any]) -> None:
        view = discord.ui.View(timeout=None)
        view.add_item(Counter(0))
        await interaction.response.send_message("Press", view=view)

    @tree.command(description="Ask for a name")
    async def name(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_modal(Name())

    @tree.command(description="Ask for everything")
    async def everything(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_modal(Everything())

    @tree.command(description="Say nothing")
    async def silent(interaction: discord.Interaction[Any]) -> None:
        pass

    @tree.command(description="Find a person")
    async def find(interaction: discord.Interaction[Any], person: str) -> None:
        await interaction.response.send_message(f"{person} {interaction.locale.value}")

    @find.autocomplete("person")
    async def people(interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        if current == "hang":
            await asyncio.sleep(60)
        known = ("Ada", "Alan", "Bob")
        return [app_commands.Choice(name=n, value=n.lower()) for n in known if n.lower().startswith(current)]

    @tree.command(description="Show progress")
    async def progress(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(thinking=True)
        for percent in (0, 50, 100):
            await interaction.edit_original_response(content=f"{percent} %")

    train = app_commands.Group(name="train", description="Training", default_permissions=MODERATORS)

    @train.command(description="How it goes")
    async def status(interaction: discord.Interaction[Any], run: int = 0) -> None:
        await interaction.response.send_message(f"run {run}")

    tree.add_command(train)

    @tree.context_menu(name="Who is this?")
    async def who_is_this(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        names = ", ".join(attachment.filename for attachment in message.attachments)
        await interaction.response.send_message(f"{message.author.display_name}: {message.content} {names}")

    @tree.context_menu(name="Card")
    async def card(interaction: discord.Interaction[Any], member: discord.Member) -> None:
        await interaction.response.send_message(f"Card of {member.display_name}")
