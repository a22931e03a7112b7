"""What a guild has chosen."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.people import LabellingPolicy


@dataclass(frozen=True, slots=True)
class GuildSettings:
    """A guild's choices; until one is made: moderators name faces, and each member reads his own language."""

    labelling: LabellingPolicy = LabellingPolicy.MODERATORS
    language: str | None = None
