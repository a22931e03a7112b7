from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from core.models.embedding.evidence import References
from core.models.embedding.head import EmbeddingHead
from core.models.embedding.open_set import OpenSet
from core.models.embedding.open_set_graph import OpenSetGraph
from tests.unit.core.models.embedding.builders import faces_of


@pytest.mark.parametrize("with_cohort", [False, True])
@pytest.mark.parametrize("counts", [[1], [5, 0, 1, 2], [3, 4, 9, 5, 6, 2, 8]])
def test_the_graph_gives_the_logits_of_the_open_set(counts: list[int], *, with_cohort: bool) -> None:
    embeddings, owners = faces_of(counts)
    drawn, members = faces_of([5, 5, 5], seed=1, apart=0.2)
    cohort = References(drawn, members, 3) if with_cohort else None
    references = References(embeddings, owners, len(counts), cohort)
    open_set = OpenSet(np.array([30.0, 15.0]), 18.0, 20.0, np.linspace(-0.4, 0.4, len(counts)))
    classes = tuple((f"person {number}", number) for number in range(len(counts)))
    faces = np.concatenate([faces_of([3, 3], seed=2)[0], embeddings, drawn[:4]])
    logits = np.asarray(OpenSetGraph(EmbeddingHead(classes, references, open_set))(ops.convert_to_tensor(faces)))
    present = np.flatnonzero(np.bincount(owners, minlength=len(counts)))
    expected = open_set.logits(references.evidence(faces))
    columns = [*present, -1]
    assert logits[:, columns] == pytest.approx(expected[:, columns], abs=2e-3)
    assert (np.delete(logits, columns, axis=1) < -1e8).all()
