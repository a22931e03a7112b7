"""A photo that a member sends, before it is read."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.domain.jobs import JSON


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo on Discord's CDN; `of` is how many pictures its message has."""

    url: str = field(repr=False)  # signed: whoever has it can fetch the photo
    filename: str
    size: int
    content_type: str | None
    of: int = 1

    def params(self) -> dict[str, JSON]:
        """Build what the job's row keeps, so that a restarted bot can go on."""
        return {"photo_url": self.url, "filename": self.filename, "size": self.size, "of": self.of}
