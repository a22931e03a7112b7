"""Files that a member attaches: uploads, or pictures from the starter folder."""

from __future__ import annotations

import json
from pathlib import Path

from sandbox.interactions.errors import MemberError
from sandbox.rules.messages import MAX_FILE_BYTES
from sandbox.types import Json, Upload
from sandbox.world.pictures import picture_size

STARTER = "starter:"
_PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".gif"}


class StarterFolder:
    """The folder of ready-made pictures, read anew each time as it may be filled while the sandbox runs."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def path(self, filename: str) -> Path | None:
        """The picture of that name, or None."""
        if self._folder is None or Path(filename).name != filename or filename.startswith("."):
            return None
        path = self._folder / filename
        return path if path.is_file() and path.suffix.lower() in _PICTURES else None

    def list(self) -> list[Json]:
        """What the web chat shows: {"filename", "url", "description", "width", "height"}."""
        if self._folder is None or not self._folder.is_dir():
            return []
        described = self._descriptions()
        order = {name: place for place, name in enumerate(described)}
        names = sorted(
            (p.name for p in self._folder.iterdir() if self.path(p.name)), key=lambda n: (order.get(n, len(order)), n)
        )
        return [self._entry(name, described.get(name, "")) for name in names]

    def _entry(self, name: str, description: str) -> Json:
        path = self.path(name)
        size = None if path is None else picture_size(path.read_bytes())
        width, height = size or (None, None)
        return {
            "filename": name,
            "url": f"/starter/{name}",
            "description": description,
            "width": width,
            "height": height,
        }

    def _descriptions(self) -> dict[str, str]:
        assert self._folder is not None  # noqa: S101  # list() has looked
        index = self._folder / "index.json"
        if not index.is_file():
            return {}
        return {entry["filename"]: entry.get("description", "") for entry in json.loads(index.read_text("utf-8"))}


class RequestFiles:
    """The files of one request of a member."""

    def __init__(self, uploads: dict[int, Upload], starter: StarterFolder) -> None:
        self._uploads, self._starter = uploads, starter
        for upload in uploads.values():
            if len(upload.data) > MAX_FILE_BYTES:
                raise MemberError(f"{upload.filename} is too large: files may have 10 MB.")

    def named(self, value: str) -> Upload:
        """The file behind "files[n]" or "starter:<filename>"."""
        if value.startswith(STARTER):
            path = self._starter.path(value.removeprefix(STARTER))
            if path is not None:
                return Upload(path.name, path.read_bytes())
        elif value.startswith("files[") and value.removeprefix("files[").removesuffix("]").isdigit():
            upload = self._uploads.get(int(value[6:-1]))
            if upload is not None:
                return upload
        raise MemberError(f"There is no file {value}.")

    def from_starter(self, filenames: list[str], *, first: int) -> dict[int, Upload]:
        """Starter pictures as further files of a message, numbered from `first`."""
        return {first + place: self.named(STARTER + name) for place, name in enumerate(filenames)}
