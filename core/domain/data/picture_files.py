"""Telling picture files from others, by their first bytes or names, and from clutter that systems leave."""

from __future__ import annotations

from pathlib import PurePosixPath

SNIFFED_BYTES = 16  # as many as `is_picture` needs
# As core.vision.decoding.decode_worker has them: what begins otherwise is refused there as no picture.
_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
# Also of pictures that are not read: they are reported, and their folders are people's all the same.
_NAMED_SUFFIXES = (
    ".jpg .jpeg .jpe .jfif .png .apng .webp .gif .bmp .tif .tiff .heic .heif .hif .avif .jxl .jp2 .psd "
    ".dng .cr2 .cr3 .nef .arw .orf .rw2 .raf"
)
_SUFFIXES = frozenset(_NAMED_SUFFIXES.split())
# Of files that lie beside pictures by the thousand: they need not be opened to know that they are none.
_OTHER_SUFFIXES = frozenset(
    {".txt", ".csv", ".tsv", ".json", ".xml", ".xmp", ".aae", ".md", ".html", ".pdf", ".mov", ".mp4", ".avi", ".npy"}
)
# Lower case. Synology, QNAP, Windows, macOS and Linux leave these; names that begin with a dot are clutter anyway.
_CLUTTER = frozenset(
    {
        "@eadir",
        "#recycle",
        "#snapshot",
        "@tmp",
        "@recycle",
        "@recently-snapshot",
        "@__thumb",
        "thumbs.db",
        "thumbs.db:encryptable",
        "ehthumbs.db",
        "ehthumbs_vista.db",
        "desktop.ini",
        "$recycle.bin",
        "recycler",
        "system volume information",
        "__macosx",
        "icon\r",
        "network trash folder",
        "temporary items",
        "lost+found",
        "picasa.ini",
        "zbthumbnail.info",
    }
)


def is_picture(data: bytes) -> bool:
    """Whether a file that begins so is JPEG, PNG, GIF or WebP."""
    return data.startswith(_SIGNATURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def is_picture_name(path: PurePosixPath) -> bool:
    """Whether the name says that it is a picture, of these formats or others."""
    return path.suffix.lower() in _SUFFIXES


def is_other_name(path: PurePosixPath) -> bool:
    """Whether the name says that it is something else; many names say nothing."""
    return path.suffix.lower() in _OTHER_SUFFIXES


def is_clutter(path: PurePosixPath) -> bool:
    """Whether the file or a folder around it is what systems leave beside pictures."""
    return any(part.startswith(".") or part.casefold() in _CLUTTER for part in path.parts)
