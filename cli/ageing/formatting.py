"""What `omokage age` prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cli.output.escaping import escape
from core.domain.ageing import AgedFace, AgeOutput, AgeRefusal, AgeResult

NOTE = "For fun, not a prediction."
_REFUSALS: Mapping[AgeRefusal, str] = {
    AgeRefusal.OBJECTED: "this person does not want it",
    AgeRefusal.PROFILE: "it is seen from the side",
    AgeRefusal.SUNGLASSES: "it wears sunglasses",
    AgeRefusal.TOO_SMALL: "it is too small",
    AgeRefusal.UNLIKE_TRAINING: "it is unlike the faces that the model was trained on",
    AgeRefusal.CHILD: "a child is only shown a few years older or younger",
}


def result_lines(photo: str, result: AgeResult, written: str | None) -> Iterator[str]:
    """Yield the lines about a result; `written` is the file's path, None: no face could be aged."""
    if written is None:
        yield escape(f"{photo}: no face was changed, by {result.model_label}")
    else:
        yield escape(f"{written}: {_count(result)}, by {result.model_label}")
    yield from (_line(face, result.age_error) for face in result.faces)
    if written is not None:
        yield NOTE
    if result.starter:
        yield (
            f"{result.model} knows drawn people only. To train one on photos of your own, whose ages are known: "
            "omokage train reage --help"
        )


def result_json(photo: str, result: AgeResult, output: AgeOutput, written: str | None) -> dict[str, Any]:
    """As docs/cli.md describes it."""
    said = {"photo": photo, "model": result.model, "label": result.model_label, "starter": result.starter}
    said |= {"age_error": result.age_error, "note": NOTE, "faces": [_face_json(face) for face in result.faces]}
    return {**said, "picture" if output is AgeOutput.PHOTO else output.value: written}


def _face_json(face: AgedFace) -> dict[str, Any]:
    encoded = {name: value for name, value in face.to_json().items() if name != "index"}
    return {"number": face.index + 1, **encoded}


def _count(result: AgeResult) -> str:
    count = sum(face.refusal is None for face in result.faces)
    return "1 face" if count == 1 else f"{count} faces"


def _line(face: AgedFace, error: float) -> str:
    looks = "" if face.present is None else f"looks {face.present} (on average off by {error:g} years)"
    if face.refusal is not None:
        reason = f"left as it is, since {_REFUSALS[face.refusal]}"
        return f"  {face.index + 1}. {f'{looks}; ' if looks else ''}{reason}"
    shown = "" if face.age is None else f", shown at {face.age}"
    similarity = "" if face.similarity is None else f"; identity similarity {face.similarity:.2f}"
    return f"  {face.index + 1}. {looks}{shown}{similarity}"
