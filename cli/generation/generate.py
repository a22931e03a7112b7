"""`omokage generate`: faces that never were, as a picture."""

from __future__ import annotations

import secrets
from pathlib import Path

import click

from cli.generation.shared import check_outputs, open_session, options, print_result, trait_option
from cli.output.files import PNG
from core.domain.generation import MAX_FACES, GridRequest

_SEEDS = 1_000_000  # six digits: quick to type again


@click.command(short_help="Draw faces that never were.")
@click.option("--count", type=int, default=8, show_default=True, help=f"How many, 1 to {MAX_FACES}.")
@click.option("--seed", type=int, help="Of the first face; the others' follow.  [default: any]")
@click.option("--truncation", type=float, default=1.0, show_default=True, help="0.1 to 1: less is more usual faces.")
@click.option("--like", metavar="FACE", help="Variations of a face: a seed, or a photo (an encoder is needed).")
@trait_option
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The picture, a PNG.")
@options
def generate(
    *,
    count: int,
    seed: int | None,
    truncation: float,
    like: str | None,
    traits: dict[str, float],
    out: Path,
    model: str | None,
    guild: int,
    as_json: bool,
    force: bool,
) -> None:
    """Draw faces that never were, in a grid, with each one's seed below it.

    The same seed and model give the same face, however many are drawn. Without --model draws what was promoted, else
    the newest DCGAN, else the one that comes with the product.
    """
    check_outputs({out: PNG}, [like], force=force)
    first = secrets.randbelow(_SEEDS) if seed is None else seed
    with open_session(guild) as session:
        meant = None if like is None else session.read_face(like)
        drawn = session.draw(GridRequest(count, first, model, truncation, meant, traits))
        session.write(drawn.picture, out)
    last = first + count - 1
    what = "a face" if count == 1 else f"{count} faces" if like is None else f"{count} variations"
    print_result(
        drawn, {"picture": out}, as_json, f"{what}, {f'seed {first}' if count == 1 else f'seeds {first} to {last}'}"
    )
