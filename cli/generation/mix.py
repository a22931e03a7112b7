"""`omokage mix`: arithmetic with faces."""

from __future__ import annotations

from pathlib import Path

import click

from cli.generation.shared import check_drawn, options, say, studio, trait_option
from cli.output.files import PNG
from core.domain.generation import MixRequest


@click.command(short_help="Add faces to each other, and take faces away.")
@click.option("--add", multiple=True, required=True, metavar="FACE", help="A seed or a photo; as often as wanted.")
@click.option("--subtract", multiple=True, metavar="FACE", help="The same.")
@trait_option
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The picture, a PNG.")
@options
def mix(
    *,
    add: tuple[str, ...],
    subtract: tuple[str, ...],
    traits: dict[str, float],
    out: Path,
    model: str | None,
    guild: int,
    as_json: bool,
    force: bool,
) -> None:
    """Add faces to each other and take faces away: smiling woman - woman + man.

    FACE is a seed, or a photo, for which a VAE is needed; photo.jpg#2 is the second face of one with several.
    """
    check_drawn({out: PNG}, [*add, *subtract], force=force)
    with studio(guild) as at:
        added, taken = (tuple(map(at.face, faces)) for faces in (add, subtract))
        drawn = at.draw(MixRequest(added, taken, model, traits))
        at.write(drawn.picture, out)
    terms = [*(f"+ {one}" for one in add), *(f"- {one}" for one in subtract)]
    say(drawn, {"picture": out}, as_json, " ".join(terms).removeprefix("+ "))
