"""The files of a curation: the report, square crops of the pictures that are kept, and two contact sheets.

`curation.json`, `kept/`, `kept.png`, `dropped.png`. The same pictures leave the same files.
"""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from core.domain.data.ages import AgeLabel
from core.domain.data.curation import CuratedPicture, Curation, Reason
from core.domain.errors import OmokageError
from core.domain.training.presets import bad_option
from core.render.grid import render_grid
from core.services.datasets.ages import AGES, write_ages
from core.storage.disk import disk_full_said
from core.vision.crop import cut_square, middle_square

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.services.curation.curate import PictureSource
    from core.vision.recognition.photo_reader import Decoder

REPORT, KEPT, KEPT_SHEET, DROPPED_SHEET = "curation.json", "kept", "kept.png", "dropped.png"
MAX_ON_SHEET = 96  # twelve rows of eight: more are too many to look at
_TILE = 96
_QUALITY = 95  # with full colour resolution: no visible loss
Caption = Callable[[CuratedPicture], str]


def write_report(
    folder: Path, pictures: Sequence[PictureSource], curation: Curation, decoder: Decoder, caption: Caption
) -> None:
    """Write all files, then delete those of an earlier curation.

    Raises:
        OmokageError: BAD_OPTION, see `check_folder`; DISK_FULL.
        OSError: the folder cannot be written to.
    """
    check_folder(folder)
    with disk_full_said():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".curate-", dir=folder) as new_folder:
            write_kept(Path(new_folder) / KEPT, pictures, curation, decoder)
            for name, chosen in ((KEPT_SHEET, curation.kept), (DROPPED_SHEET, curation.dropped)):
                png = contact_sheet(pictures, curation, chosen, decoder, caption)
                if png is not None:
                    (Path(new_folder) / name).write_bytes(png)
            (Path(new_folder) / REPORT).write_text(serialise_report(curation), "utf-8")
            _replace(Path(new_folder), folder)


def _replace(new: Path, folder: Path) -> None:
    """Replace the old files by the new ones; the report, which marks the folder, is never missing."""
    shutil.rmtree(folder / KEPT, ignore_errors=True)
    for name in (KEPT, KEPT_SHEET, DROPPED_SHEET, REPORT):
        if (new / name).exists():
            (new / name).replace(folder / name)
        else:
            (folder / name).unlink(missing_ok=True)


def check_folder(folder: Path, *inputs: Path) -> None:
    """Refuse a folder with other files in it, so that nothing is overwritten by mistake.

    Args:
        folder: to write to.
        *inputs: files and folders that are read; none may be among what is written over.

    Raises:
        OmokageError: BAD_OPTION.
    """
    if folder.exists() and not (folder.is_dir() and ((folder / REPORT).exists() or not any(folder.iterdir()))):
        raise bad_option("out", str(folder), "a new or empty folder, or that of an earlier curation")
    written = [(folder / name).resolve() for name in (KEPT, KEPT_SHEET, DROPPED_SHEET, REPORT)]
    for path in inputs:
        if any(path.resolve().is_relative_to(output) for output in written):
            raise bad_option("out", str(folder), f"a folder whose files are not read: {path} would be written over")


def serialise_report(curation: Curation) -> str:
    """Return the report as JSON text."""
    return json.dumps(curation.to_json(), ensure_ascii=False, indent=1) + "\n"


def write_kept(folder: Path, pictures: Sequence[PictureSource], curation: Curation, decoder: Decoder) -> None:
    """Write the crops of the pictures that are kept, under the names of their sources, and a table of their ages."""
    folder.mkdir(parents=True)
    taken: set[str] = set()
    labels = {picture.source: picture.label for picture in pictures}
    ages: list[tuple[str, AgeLabel]] = []
    for curated, image in decode_pictures(pictures, curation, curation.kept, decoder):
        name = _free_name(curated.source, taken)
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(encode_jpeg(cut_square(image, curated.crop or middle_square(image))))
        label = labels[curated.source]
        if label is not None:
            ages.append((str(name), label))
    if ages:
        write_ages(folder / AGES, ages)


def encode_jpeg(crop: NDArray[np.uint8]) -> bytes:
    """Return a crop (H, W, 3) as a JPEG file."""
    out = io.BytesIO()
    Image.fromarray(crop).save(out, "JPEG", quality=_QUALITY, subsampling=0)
    return out.getvalue()


def contact_sheet(
    pictures: Sequence[PictureSource],
    curation: Curation,
    chosen: Sequence[CuratedPicture],
    decoder: Decoder,
    caption: Caption,
) -> bytes | None:
    """Return a PNG of some of the chosen pictures as they would be cut, with captions; None without a readable one."""
    readable = [picture for picture in chosen if picture.reason is not Reason.UNREADABLE]
    step = max(1, -(-len(readable) // MAX_ON_SHEET))
    shown = list(decode_pictures(pictures, curation, readable[::step], decoder))
    if not shown:
        return None
    tiles = np.stack([cut_square(image, curated.crop or middle_square(image), _TILE) for curated, image in shown])
    return render_grid(tiles, 8, [caption(curated) for curated, _ in shown])


def decode_pictures(
    pictures: Sequence[PictureSource], curation: Curation, chosen: Sequence[CuratedPicture], decoder: Decoder
) -> Iterator[tuple[CuratedPicture, NDArray[np.uint8]]]:
    """Yield the chosen pictures with their pixels, one after the other, without those that can no longer be read."""
    sources = {curated.source for curated in chosen}
    for picture, curated in zip(pictures, curation.pictures, strict=True):
        data = picture.read() if curated.source in sources else None
        if data is not None:
            try:
                yield curated, decoder.decode(data)
            except OmokageError:  # it changed since it was looked at
                continue


def _free_name(source: str, taken: set[str]) -> PurePosixPath:
    path = PurePosixPath(source)
    name = path if path.suffix.lower() in {".jpg", ".jpeg"} else path.with_name(path.name + ".jpg")
    number = 1
    while str(name).casefold() in taken:
        number += 1
        name = path.with_name(f"{path.name}-{number}.jpg")
    taken.add(str(name).casefold())
    return name
