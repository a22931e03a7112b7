"""Files: their bytes, their addresses and Discord's description of them."""

from __future__ import annotations

import logging
import mimetypes
import re
import shutil
from pathlib import Path

from sandbox.types import Json, Upload
from sandbox.world.pictures import picture_size
from sandbox.world.snowflakes import Snowflakes

_log = logging.getLogger(__name__)
# What Discord leaves of a file name; the rest becomes an underscore.
_UNSAFE = re.compile(r"[^\w.\-]", re.ASCII)


class Attachments:
    """Keeps files under channel and attachment id; in memory where no folder is given, or the disk is full."""

    def __init__(self, folder: Path | None, snowflakes: Snowflakes) -> None:
        self._folder = None if folder is None else folder / "attachments"
        self._memory: dict[tuple[str, str, str], bytes] = {}
        self._snowflakes = snowflakes
        # Known once the server listens.
        self.base_url = ""

    def add(self, channel_id: str, upload: Upload, *, ephemeral: bool = False) -> Json:
        """Keep the bytes and return an attachment object."""
        attachment_id = self._snowflakes.next()
        filename = safe_filename(upload.filename)
        self._write((channel_id, attachment_id, filename), upload.data)
        url = f"{self.base_url}/cdn/attachments/{channel_id}/{attachment_id}/{filename}"
        body: Json = {
            "id": attachment_id,
            "filename": filename,
            "size": len(upload.data),
            "url": url,
            "proxy_url": url,
            "content_type": content_type(filename),
        }
        size = picture_size(upload.data)
        if size is not None:
            body |= {"width": size[0], "height": size[1]}
        if filename != upload.filename:
            body["title"] = upload.filename.rsplit(".", 1)[0]
        if upload.description:
            body["description"] = upload.description
        return body | {"ephemeral": True} if ephemeral else body

    def read(self, channel_id: str, attachment_id: str, filename: str) -> bytes | None:
        """The bytes, or None where there is no such file."""
        key = (channel_id, attachment_id, filename)
        if self._folder is None or key in self._memory:
            return self._memory.get(key)
        if not (channel_id.isdigit() and attachment_id.isdigit()) or filename != safe_filename(filename):
            return None
        path = self._path(key)
        return path.read_bytes() if path.is_file() else None

    def remove(self, attachments: list[Json], channel_id: str) -> None:
        """Forget the files of a deleted message."""
        for attachment in attachments:
            key = (channel_id, attachment["id"], attachment["filename"])
            self._memory.pop(key, None)
            if self._folder is not None:
                shutil.rmtree(self._path(key).parent, ignore_errors=True)

    def _write(self, key: tuple[str, str, str], data: bytes) -> None:
        if self._folder is None:
            self._memory[key] = data
            return
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True)
            path.write_bytes(data)
        except OSError as error:
            _log.warning("%s is kept in memory: %s", path.name, error.strerror)
            self._memory[key] = data

    def _path(self, key: tuple[str, str, str]) -> Path:
        assert self._folder is not None  # noqa: S101  # only asked for where files are on disk
        return self._folder.joinpath(*key)


def safe_filename(name: str) -> str:
    """The name as Discord keeps it: letters, digits, dot, dash and underscore."""
    cleaned = _UNSAFE.sub("_", name).lstrip(".")
    return cleaned[-255:] or "unknown"


def content_type(filename: str) -> str:
    """The media type that the name stands for."""
    if filename.lower().endswith(".webp"):  # Python learned it in 3.13
        return "image/webp"
    return mimetypes.guess_type(filename)[0] or "application/octet-stream"
