"""`omokage setup`: explains how to register the bot with Discord, and prints its invite link."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import urlencode

import click

from cli.context import read_settings
from cli.exits import BadSetting
from cli.output.echo import echo

# What the bot does in a channel, and nothing else: see it, answer there and in its threads, with pictures and embeds.
PERMISSIONS = {
    "View Channels": 1 << 10,
    "Send Messages": 1 << 11,
    "Embed Links": 1 << 14,
    "Attach Files": 1 << 15,
    "Create Public Threads": 1 << 35,  # one, in which what was learnt is told
    "Send Messages in Threads": 1 << 38,
}
_SCOPES = "bot applications.commands"
_STEPS = """\
Omokage needs an application at Discord:

  1. Open https://discord.com/developers/applications and choose "New Application".
  2. Under "Bot", choose "Reset Token" and copy the token. Whoever has it is the bot, so keep it to yourself.
     Leave all "Privileged Gateway Intents" off: Omokage needs none of them.
  3. Put the token into the environment, or into .env beside docker-compose.yml:

       DISCORD_TOKEN=...

  4. Run `omokage setup` again for the invite link.

To try Omokage without any of this, run `omokage up` now: it brings a small Discord of its own, in the browser.
"""


@click.command(short_help="Explain how to connect to Discord, and print the invite link.")
@click.option("--application", type=int, help="The application's id; without it, the token says it.")
def setup(application: int | None) -> None:
    """Explain how to connect to Discord, and print the invite link.

    Reads DISCORD_TOKEN where it is set, sends nothing anywhere, and changes nothing.
    """
    token = read_settings().token
    if application is None and token is None:
        echo(_STEPS.rstrip("\n"))
        return
    application = application or application_id(token or "")
    if application is None:
        raise BadSetting(
            "DISCORD_TOKEN does not look like a bot's token; copy it again from the page of your application"
        )
    echo(f"Invite link:\n\n  {invite_link(application)}\n")
    echo(f"It asks for: {', '.join(PERMISSIONS)}. No privileged intents are needed.\n")
    echo("Open it, choose your server, and start Omokage: omokage up")


def invite_link(application: int) -> str:
    """Return the page on which a server's owner adds the bot."""
    query = {"client_id": application, "scope": _SCOPES, "permissions": sum(PERMISSIONS.values())}
    return f"https://discord.com/oauth2/authorize?{urlencode(query)}"


def application_id(token: str) -> int | None:
    """Return the application's id, the first part of its token in base64; None: the text is no token."""
    first, *rest = token.split(".")
    if len(rest) != 2 or not re.fullmatch(r"[A-Za-z0-9_-]+", first):
        return None
    try:
        digits = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return int(digits) if digits.isdigit() else None
