"""What the shell says where the bot would answer in the member's language."""

from __future__ import annotations

from collections.abc import Mapping

from core.domain.errors import ErrorCode, OmokageError

_SENTENCES: Mapping[ErrorCode, str] = {
    ErrorCode.NOT_AN_IMAGE: "not a JPEG, PNG, WebP or GIF picture",
    ErrorCode.BROKEN_IMAGE: "the picture is damaged or cut off",
    ErrorCode.TOO_LARGE: "the file is larger than 10 MiB",
    ErrorCode.TOO_MANY_PIXELS: "the picture has more than 25 megapixels",
    ErrorCode.NO_FACE: "there is no face in the picture",
    ErrorCode.PHOTO_GONE: "the stored picture is gone",
    ErrorCode.FACE_GONE: "the face is no longer stored",
    ErrorCode.QUEUE_FULL: "too many photos are waiting already",
    ErrorCode.NOT_ALLOWED: "that is not allowed",
    ErrorCode.BAD_NAME: "the name cannot be used",
    ErrorCode.UNKNOWN_PERSON: "nobody of that name is known",
    ErrorCode.UNKNOWN_JOB: "there is no such job",
    ErrorCode.ALREADY_FINISHED: "the job is finished already",
    ErrorCode.TOO_MANY_ATTEMPTS: "it failed several times",
    ErrorCode.INTERNAL: "something went wrong",
}
_BAD_NAMES = {
    "empty": "the name is empty",
    "long": "the name is longer than 64 characters",
    "control": "the name has characters in it that cannot be shown",
    "mention": "the name must not contain a mention or an emoji of a server",
}


def sentence(error: OmokageError) -> str:
    """Without a capital letter or a full stop: it follows the photo's name."""
    if error.code is ErrorCode.BAD_NAME:
        return _BAD_NAMES.get(str(error.details.get("reason")), _SENTENCES[error.code])
    return _SENTENCES[error.code]
