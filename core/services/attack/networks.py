"""The networks that an optimisation follows gradients through, by name, so that a result can say what was attacked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.domain.embedders import EMBEDDER_NETWORKS
from core.domain.optimisation import CNN_NETWORK, OptimizeMode

if TYPE_CHECKING:
    from core.vision.recognition.mean_embedding import Head


def attacked_networks(head: Head, mode: OptimizeMode) -> tuple[str, ...]:
    """Return the networks of a head that are attacked at once, as `OptimizeResult.networks`.

    An embedding head is attacked through its embedder's networks. A CNN's `fool` also goes through those of the
    embedding head within it, which says who is unknown; noise and dreams are optimised for the CNN alone.
    """
    gate: Head | None = getattr(head, "gate", None)
    embedding = EMBEDDER_NETWORKS.get(getattr(gate or head, "embedder", ""), ())
    if gate is None:
        return embedding
    return (CNN_NETWORK, *embedding) if mode is OptimizeMode.FOOL else (CNN_NETWORK,)
