"""`omokage mix`: arithmetic with faces."""

from __future__ import annotations

from pathlib import Path

import click

from cli.generation.shared import check_outputs, open_session, options, print_result, trait_option
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
    check_outputs({out: PNG}, [*add, *subtract], force=force)
    with open_session(guild) as session:
        added, taken = (tuple(map(session.read_face, faces)) for faces in (add, subtract))
        drawn = session.draw(MixRequest(added, taken, model, traits))
        session.write(drawn.picture, out)
    terms = [*(f"+ {one}" for one in add), *(f"- {one}" for one in subtract)]
    print_result(drawn, {"picture": out}, as_json, " ".join(terms).removeprefix("+ "))
