"""Measures agers on the same faces: ages by an independent judge, who people still are, what stays as it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.helpers.age_faces import SEED, AgeFaces, cached, load_age_faces
from benchmarks.helpers.aged_identity import KnownPeople, embed, kept_fraction, load_known_people
from benchmarks.helpers.ageing_figures import age_agreement, plan_ages, shifted_ages
from benchmarks.helpers.compared_agers import PROTOTYPE_VIEW, Contender, PrototypeAger, ShownFace, outside_is_identical
from benchmarks.helpers.faceres import FaceRes, FaceResJudge
from benchmarks.helpers.reference_agers import RealFacesAger, UnchangedAger
from benchmarks.helpers.report import Skip
from core.vision.transfer.cutting import cut_face

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from core.vision.age.estimate import AgeEstimator
    from core.vision.embedding.embed import JointEmbedder

CALIBRATION = 1000  # real pictures of the training part that the judge is calibrated on
GAPS = (20, 40)  # years over which a face is to stay the same person's
NAMED_GAP = 20  # years over which a known person is to be named


@dataclass(frozen=True)
class AgeingComparison:
    """What every ager is measured on.

    `faces` are held-out adults (N), who look `present` (N,) years old to the product; `embeddings` (N, 128) are dlib's;
    of `people`, each query looks `people_present` (Q,) years old, and `named` (Q,) tells whether it is named rightly.
    """

    faces: list[ShownFace]
    present: NDArray[np.float32]
    embeddings: NDArray[np.float32]
    judge: FaceResJudge
    embedder: JointEmbedder
    people: KnownPeople
    people_present: NDArray[np.float32]
    named: NDArray[np.bool_]

    def measure(self, contender: Contender, pictures: int) -> dict[str, float]:
        """Return an ager's figures; `pictures` faces at most are judged by their age."""
        rows, ages = plan_ages(self.present, pictures, SEED)
        before = [self.faces[row] for row in rows]
        after = contender.show(before, self.present[rows], ages)
        framing = contender.ager.view.framing
        same = [outside_is_identical(*pair, framing) for pair in zip(before, after, strict=True)]
        figures = age_agreement(ages, self.judge.judge(judged_pictures(after)))
        figures |= {f"kept over {years}, %": 100 * self._kept(contender, years) for years in GAPS}
        figures |= self._naming(contender)
        return figures | {"outside identical, %": 100 * float(np.mean(same))}

    def _kept(self, contender: Contender, years: int) -> float:
        rows, ages = shifted_ages(self.present, years)
        after = contender.show([self.faces[row] for row in rows], self.present[rows], ages)
        return kept_fraction(self.embeddings[rows], embed(self.embedder, after).dlib)

    def _naming(self, contender: Contender) -> dict[str, float]:
        rows, ages = shifted_ages(self.people_present, NAMED_GAP)
        after = contender.show([self.people.queries[row] for row in rows], self.people_present[rows], ages)
        named = self.people.are_named_rightly(embed(self.embedder, after).joint, rows)
        return {"named, %": 100 * float(named.mean()), "still named, %": 100 * float(named[self.named[rows]].mean())}


def prepare(cache: Path) -> tuple[AgeingComparison, list[Contender], dict[str, float]]:
    """Read what agers are compared on; return what needs no training, and figures of the faces as they are, too.

    Raises:
        Skip: the faces or the judge are not on this machine.
    """
    from core.vision.age.estimate import load_age_estimator  # TensorFlow
    from core.vision.embedding.embed import load_embedder

    faces = load_age_faces(cache)
    judge, judged = _calibrated_judge(faces, cache)
    estimator, embedder = load_age_estimator(), load_embedder()
    adults = faces.shown(faces.held_out_adults())
    present = present_ages(estimator, adults)
    grown = [face for face, age in zip(adults, present, strict=True) if not np.isnan(age)]
    people = load_known_people(cache, embedder)
    named = people.are_named_rightly(embed(embedder, people.queries).joint)
    comparison = AgeingComparison(
        grown,
        present[~np.isnan(present)],
        embed(embedder, grown).dlib,
        judge,
        embedder,
        people,
        present_ages(estimator, people.queries),
        named,
    )
    training = faces.training_rows()
    pictures, ages = faces.images(PROTOTYPE_VIEW, training), faces.ages[training]
    references = [
        Contender("unchanged", UnchangedAger()),
        Contender("real faces", RealFacesAger(pictures, ages, SEED)),
        Contender("prototype", PrototypeAger(pictures, ages)),
    ]
    real = {**judged, "held-out adults": float(len(grown)), "people named, not aged, %": 100 * float(named.mean())}
    return comparison, references, real


def present_ages(estimator: AgeEstimator, faces: Sequence[ShownFace]) -> NDArray[np.float32]:
    """Return how old faces look to the product, in years; NaN for those that are too small to say."""
    ages = [estimator.photo_ages(face.image, [face.landmarks])[0] for face in faces]
    return np.array([np.nan if age is None else age for age in ages], np.float32)


def judged_pictures(faces: Sequence[ShownFace]) -> NDArray[np.uint8]:
    """Return faces as the judge takes them, (N, 96, 96, 3)."""
    return np.stack([cut_face(face.image, face.landmarks, PROTOTYPE_VIEW) for face in faces])


def _calibrated_judge(faces: AgeFaces, cache: Path) -> tuple[FaceResJudge, dict[str, float]]:
    """Return the judge, and how wrong it is about real held-out faces; what it says of them is kept in the cache."""
    try:
        network = FaceRes()
    except FileNotFoundError as error:
        raise Skip(str(error)) from error
    fitted, tested = faces.training_rows(CALIBRATION), np.flatnonzero(faces.held_out)
    rows = np.concatenate([fitted, tested])
    key = {"rows": rows, "ages": faces.ages[rows]}
    raw = cached(cache / "age-judged.npz", key, lambda: {"raw": network.raw(judged_pictures(faces.shown(rows)))})["raw"]
    judge = FaceResJudge(network, raw[: len(fitted)], faces.ages[fitted])
    of_tested = raw[len(fitted) :]
    before = age_agreement(faces.ages[tested], of_tested)["error"]
    after = age_agreement(faces.ages[tested], judge.calibrated(of_tested))
    figures = {f"judge on real faces: {name}": value for name, value in after.items()}
    return judge, {"judge on real faces, not calibrated: error": before, **figures}
