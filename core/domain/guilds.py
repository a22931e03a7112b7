"""The settings of a guild."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.people import LabellingPolicy


@dataclass(frozen=True, slots=True)
class GuildSettings:
    """A guild's settings; by default moderators name faces, and each member is answered in their own language."""

    labelling: LabellingPolicy = LabellingPolicy.MODERATORS
    language: str | None = None
