"""The settings of a guild."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.people import ChatLearning, LabellingPolicy


@dataclass(frozen=True, slots=True)
class GuildSettings:
    """A guild's settings; by default moderators name faces, and each member is answered in their own language.

    `age_answers`: whether the answers of `/classify` say how old faces look. `chat_learning`: whose faces in photos of
    `/classify` members may be asked about.
    """

    labelling: LabellingPolicy = LabellingPolicy.MODERATORS
    language: str | None = None
    age_answers: bool = False
    chat_learning: ChatLearning = ChatLearning.OFF
