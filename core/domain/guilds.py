"""The settings of a guild."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.people import ChatLearning, LabellingPolicy

# Of roles, and of channels: the links to so many fit into a field of the panel, which holds 1,024 characters.
MAX_LISTED = 20


@dataclass(frozen=True, slots=True)
class GuildSettings:
    """A guild's settings; by default moderators name faces, and each member is answered in their own language.

    `age_answers`: whether the answers of `/classify` say how old faces look. `chat_learning`: whose faces in photos of
    `/classify` members may be asked about. `labeller_roles`: ids of the roles whose members may label beside those
    whom `labelling` allows, unless it is off. `answer_channels`: ids of the channels in which jobs may be asked for;
    empty: all. `gallery_channel`: where what was learnt is announced; None: in the channel of the round.
    """

    labelling: LabellingPolicy = LabellingPolicy.MODERATORS
    language: str | None = None
    age_answers: bool = False
    chat_learning: ChatLearning = ChatLearning.OFF
    labeller_roles: tuple[int, ...] = ()
    answer_channels: tuple[int, ...] = ()
    gallery_channel: int | None = None
