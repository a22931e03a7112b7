"""English texts of core's errors for the shell; the bot has its own, in the member's language."""

from __future__ import annotations

from collections.abc import Mapping

from core.domain.errors import ErrorCode, OmokageError

_TEXTS: Mapping[ErrorCode, str] = {
    ErrorCode.NOT_AN_IMAGE: "not a JPEG, PNG, WebP or GIF picture",
    ErrorCode.BROKEN_IMAGE: "the picture is damaged",
    ErrorCode.CUT_OFF: "the picture is cut off: the end of the file is missing",
    ErrorCode.TOO_LARGE: "the file is too large",
    ErrorCode.TOO_MANY_PIXELS: "the picture has too many pixels",
    ErrorCode.NO_FACE: "there is no face in the picture",
    ErrorCode.PHOTO_GONE: "the stored picture is gone",
    ErrorCode.FACE_GONE: "the face is no longer stored",
    ErrorCode.QUEUE_FULL: "too many photos are waiting already",
    ErrorCode.NOT_ALLOWED: "that is not allowed",
    ErrorCode.BAD_NAME: "the name cannot be used",
    ErrorCode.UNKNOWN_PERSON: "nobody of that name is known",
    ErrorCode.UNKNOWN_RECEIPT: "there is no such receipt",
    ErrorCode.UNKNOWN_JOB: "there is no such job",
    ErrorCode.ALREADY_FINISHED: "the job is finished already",
    ErrorCode.TOO_MANY_ATTEMPTS: "it failed several times",
    ErrorCode.WORKERS_DIED: "workers died while they trained; it goes on from the last checkpoint, after a pause",
    ErrorCode.NAME_TAKEN: "somebody else is called so already",
    ErrorCode.PEOPLE_CONFLICT: "the two are not the same person, as photos or labels say",
    ErrorCode.NOTHING_TO_EXPLAIN: "the face has no guessed name, or no stored picture to compare it with",
    ErrorCode.CARD_CLOSED: "the card is answered already",
    ErrorCode.NOTHING_TO_UNDO: "no card was answered",
    ErrorCode.NO_CONSENT: "nobody said that those in the photos agreed",
    ErrorCode.WORKER_AWAY: "no worker answers",
    ErrorCode.UNKNOWN_DATASET: "there is no such data set",
    ErrorCode.DATASET_REMOVED: "the data set was removed, and its pictures are gone",
    ErrorCode.DATASET_IN_USE: "a run that is not over trains on the data set",
    ErrorCode.DATASET_CHANGED: "the data set's files are not what they were; import the pictures again",
    ErrorCode.DATASET_UNFIT: "the data set cannot be trained on",
    ErrorCode.NO_AGES: (
        "no picture has an age: neither names such as 34_1_a.jpg (age, then 0 for male or 1 for female) "
        "nor a CSV file with the columns file and age say any"
    ),
    ErrorCode.BAD_ARCHIVE: "not a folder or zip file with one folder for each person",
    ErrorCode.BAD_EXPORT: "not a file of moved faces that can be read",
    ErrorCode.PEOPLE_KNOWN: "people of these names are known here already",
    ErrorCode.UNKNOWN_RUN: "there is no such run",
    ErrorCode.UNKNOWN_CHECKPOINT: "there is no checkpoint at or before that step",
    ErrorCode.UNKNOWN_PRESET: "there is no such preset",
    ErrorCode.BAD_OPTION: "an option has a value that cannot be right",
    ErrorCode.RUN_UNDER_WAY: "a run of this kind is under way already",
    ErrorCode.RUN_STATE: "that cannot be asked of the run as it is",
    ErrorCode.DIVERGED: "the training came off the rails: the loss is no number any more",
    ErrorCode.DISK_FULL: "the disk is full; nothing that was saved is lost",
    ErrorCode.STORAGE_FULL: "the server has stored as much as it may; OMOKAGE_GUILD_QUOTA",
    ErrorCode.UNKNOWN_VERSION: "there is no such model version",
    ErrorCode.BAD_WEIGHTS: "a file of the model is damaged, cut off, or not what its card says",
    ErrorCode.NO_MODEL: "nothing that draws faces has been trained yet; omokage train dcgan --help",
    ErrorCode.NO_AGE_MODEL: "nothing that ages faces has been trained yet; omokage train reage --help",
    ErrorCode.UNKNOWN_MODEL: "there is no such model",
    ErrorCode.NO_ENCODER: "the model draws faces, but takes no photos",
    ErrorCode.UNKNOWN_TRAIT: "the model knows no such trait",
    ErrorCode.NOT_TRAINED: "no trained recogniser has been promoted; omokage train recogniser --help",
    ErrorCode.UNKNOWN_TARGET: "the recogniser knows nobody of that name",
    ErrorCode.SAME_PERSON: "the recogniser takes the photo for that person already",
    ErrorCode.NOT_BETTER: "the version is worse than the one that answers now",
    ErrorCode.NOT_COMPARABLE: "the version and the one that answers now were not measured on the same pictures",
    ErrorCode.DRAWS_NO_FACE: "no face is found in any picture that the version draws",
    ErrorCode.INTERNAL: "something went wrong",
}
# Instead of the text above, where the error has all the details that are in it.
_DETAILED_TEXTS: Mapping[ErrorCode, str] = {
    ErrorCode.WORKERS_DIED: (
        "{attempts} workers died since the last checkpoint; it goes on from there, after a pause. Is memory short?"
    ),
    ErrorCode.NAME_TAKEN: "somebody else is called {name} already",
    ErrorCode.PEOPLE_CONFLICT: (
        "{name} and {into} are not the same: photos with a face of each: {photos}, "
        "labels that a face of either is not the other's: {labels}"
    ),
    ErrorCode.DATASET_REMOVED: "{title} was removed, and its pictures are gone",
    ErrorCode.DATASET_IN_USE: "run {number}, which is not over, trains on it; first: omokage runs stop {number}",
    ErrorCode.UNKNOWN_CHECKPOINT: "there is no checkpoint at or before step {step}; there are {known}",
    ErrorCode.UNKNOWN_PRESET: "there is no preset {preset!r}; there are {known}",
    ErrorCode.BAD_OPTION: "{option} cannot be {value!r}; allowed: {allowed}",
    ErrorCode.RUN_UNDER_WAY: "run {number} of this kind is under way already",
    ErrorCode.RUN_STATE: "that cannot be asked of run {number}, which is {state}",
    ErrorCode.DIVERGED: "the training came off the rails at step {step}: {name} is no number any more",
    ErrorCode.UNKNOWN_MODEL: "there is no model {model!r}; there are: {known}",
    ErrorCode.NO_ENCODER: "{model} draws faces, but takes no photos; those that do: {known}",
    ErrorCode.UNKNOWN_TRAIT: "the model knows no trait {trait!r}; it knows: {known}",
    ErrorCode.UNKNOWN_TARGET: "the recogniser does not know {target!r}; it knows: {known}",
    ErrorCode.SAME_PERSON: "the recogniser takes the photo for {target} already",
    ErrorCode.NOT_BETTER: "the version is right in {new:.1%} of the held-out pictures, the serving one in {old:.1%}",
}
# Texts with a limit, which is another for the operator's files than for the chat's; the number is the limit's unit.
_LIMIT_TEXTS: Mapping[ErrorCode, tuple[str, int]] = {
    ErrorCode.TOO_LARGE: ("the file is larger than {} MiB", 2**20),
    ErrorCode.TOO_MANY_PIXELS: ("the picture has more than {} megapixels", 10**6),
}
_UNFIT_TEXTS = {
    "few-people": "the data set has fewer than two people",
    "few-pictures": "some people have too few pictures: {names}",
    "few-to-generate": "at least {minimum} pictures are needed to learn to draw; there are {count}",
    "no-ages": "the pictures have no ages; omokage data import FOLDER --ages",
    "missing-ages": "at least {minimum} pictures of each pair of age groups are needed; there are fewer of {names}",
    "few-ages": "at least {minimum} pictures with an age are needed to learn what ages change; there are {count}",
    "without-face": "no face was found in any picture of the data set",
}
_REASON_TEXTS = {
    "split-none": "no face was chosen",
    "split-all": "{name} would have no picture left; omokage people rename gives all of them another name",
    "split-oneself": "that is {name}'s own name",
    "no-such-alias": "{name} has no such alias; there are: {allowed}",
    "too-many-aliases": "{name} has {maximum} aliases already, and more are not kept",
    "unknown-embedder": "the version compares faces by {embedder}, which this Omokage does not know",
    "objected": "somebody in the photo does not want their face to be changed",
    "withdrawn": "the version is withdrawn: somebody who was in its data set is forgotten",
}
_BAD_NAME_TEXTS = {
    "empty": "the name is empty",
    "long": "the name is longer than 64 characters",
    "control": "the name has characters in it that cannot be shown",
    "reserved": "that is what a face is called that nobody knows; use another name",
    "mention": "the name must not contain a mention or an emoji of a server",
}


# Instead of the text of the code, by the error's `reason`.


def error_text(error: OmokageError) -> str:
    """Return what went wrong, without a capital letter or a full stop: it follows the name of a file."""
    if error.code is ErrorCode.BAD_NAME:
        return _BAD_NAME_TEXTS.get(str(error.details.get("reason")), _TEXTS[error.code])
    reason_text = _REASON_TEXTS.get(str(error.details.get("reason")))
    if reason_text is not None:
        return reason_text.format_map(error.details)
    limit = error.details.get("limit")
    if error.code in _LIMIT_TEXTS and isinstance(limit, int):
        text, unit = _LIMIT_TEXTS[error.code]
        return text.format(limit // unit)
    detailed = _UNFIT_TEXTS.get(str(error.details.get("remark"))) or _DETAILED_TEXTS.get(error.code)
    try:
        return (detailed or _TEXTS[error.code]).format_map(error.details)
    except KeyError:
        return _TEXTS[error.code]


# Why a version of what makes pictures is worse, by the metric that versions of its kind are compared by.
_NOT_BETTER_TEXTS = {
    "kid": "the version's faces are further from real ones (KID (dlib) {new:.4f}) than the serving one's ({old:.4f})",
    "age_error": "the version's faces miss the age that they are to show by {new:.1f} years, the serving one's by "
    "{old:.1f}",
}


def promotion_error_text(error: OmokageError, *, compared_by: str) -> str:
    """Return why a version was not promoted; `compared_by` is `RunKind.compared_by`."""
    text = _NOT_BETTER_TEXTS.get(compared_by)
    if text is None or error.code is not ErrorCode.NOT_BETTER:
        return error_text(error)
    return text.format_map(error.details)
