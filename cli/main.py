"""The `omokage` command and the table of its sub-commands, each of which is imported only when it is called."""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click

from cli.exits import INTERRUPTED
from cli.output.escaping import escape_lines
from cli.process_memory import hide_memory


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """A command's target ("module:attribute"), and its line in `omokage --help`."""

    target: str
    help: str
    hidden: bool = False


COMMANDS: Mapping[str, CommandEntry] = {
    "up": CommandEntry("cli.up.command:up", "Start everything on this machine, and stop it with Ctrl-C."),
    "classify": CommandEntry("cli.classify:classify", "Say who is in photos."),
    "generate": CommandEntry("cli.generation.generate:generate", "Draw faces that never were."),
    "morph": CommandEntry("cli.generation.morph:morph", "Morph one face into another."),
    "mix": CommandEntry("cli.generation.mix:mix", "Add faces to each other, and take faces away."),
    "age": CommandEntry("cli.ageing.command:age", "Show the faces of a photo at another age."),
    "optimize": CommandEntry("cli.attack.command:optimize", "Make a picture that the recogniser takes for somebody."),
    "people": CommandEntry("cli.people.command:people", "Enrol, list, correct, move and forget people."),
    "data": CommandEntry("cli.data.command:data", "Import, list and export pictures to train on."),
    "model": CommandEntry("cli.model.command:model", "List, promote and roll back trained models."),
    "train": CommandEntry("cli.training.train:train", "Train a model in this process."),
    "runs": CommandEntry("cli.training.runs:runs", "List trainings; pause, resume, stop, roll back, branch."),
    "inspect": CommandEntry("cli.training.inspect:inspect", "Look into a trained network's layers."),
    "evaluate": CommandEntry("cli.training.evaluate:evaluate", "Cross-validate a recogniser on a data set."),
    "spot": CommandEntry("cli.spot.command:spot", "Show what interruptible cloud machines cost."),
    "doctor": CommandEntry("cli.doctor.command:doctor", "Look for faults in this installation."),
    "workers": CommandEntry("cli.workers.command:workers", "List hosts, their workers and what waits for them."),
    "prune": CommandEntry("cli.prune:prune", "Delete now what is no longer kept."),
    "setup": CommandEntry("cli.setup:setup", "Explain how to connect to Discord, and print the invite link."),
    "bot": CommandEntry("cli.processes:bot", "Run the bot alone."),
    "worker": CommandEntry("cli.processes:worker", "Run one worker alone."),
    "sandbox": CommandEntry("cli.processes:sandbox", "Run the sandbox alone: a Discord to try, with a web chat."),
    "migrate": CommandEntry("cli.processes:migrate", "Create or upgrade the database's tables."),
    "health": CommandEntry("cli.doctor.health:health", "Say whether the bot or the worker of this host is alive."),
    "starter": CommandEntry("cli.starter:starter", "Make the models that come with the product.", hidden=True),
    "starter-pictures": CommandEntry("cli.processes:starter_pictures", "Draw the ready-made pictures.", hidden=True),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return [name for name, entry in COMMANDS.items() if not entry.hidden]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command; None: there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].target.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; where a disk, a database or a network fails, end with one sentence and exit status 1."""
        from cli.outages import outages_as_faults  # --help needs none of it

        with outages_as_faults():
            return super().invoke(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands in `--help` without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].help) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="omokage", message="Omokage %(version)s")
def omokage() -> None:
    """A self-hosted Discord bot that says who is in a photo, and learns from the people in the chat.

    To try it without a Discord account: omokage up
    """


def main() -> None:
    """Run `omokage` and end the process; docs/cli.md lists the exit statuses."""
    hide_memory()  # every command may have the operator's secrets in its environment
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that is not UTF-8 cannot show every name; half of an answer and a traceback say less than "?".
        sys.stdout.reconfigure(errors="backslashreplace")
    # click turns Ctrl-C into status 1; shells and supervisors expect 130.
    try:
        status: Any = omokage.main(standalone_mode=False)
    except click.ClickException as error:
        # Names in it may come from an archive. Only type checkers keep others from changing it.
        error.message = escape_lines(str(error.message))  # type: ignore[misc]
        error.show()
        status = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        status = INTERRUPTED
    sys.exit(status if isinstance(status, int) else 0)


if __name__ == "__main__":
    main()
