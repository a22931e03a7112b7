"""Photos at another age, by the service alone, warm: decoding, networks, transfer, encoding.

`python -m benchmarks age_answers`; targets on two cores: one face p50 <= 500 ms, a group of ten <= 5 s. The network has
the product's size and random weights, which take as long as trained ones.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from benchmarks.helpers.report import Figures, percentile
from benchmarks.product.generate import timed
from cli.context import open_services, prepare_training
from core.domain.ageing import AgeOutput, AgeRequest
from core.domain.training.runs import RunKind
from core.models.ageing.typicality import fit_typicality
from core.services.registry.model_cache import LoadedModel
from core.services.registry.model_names import ModelName
from core.settings import Settings
from core.vision.views import Framing
from portraits import default_people, group, portrait

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.bootstrap import Services
    from core.services.ageing.ager_cache import LoadedAger
    from core.services.ageing.service import AgeingService

ROUNDS = 15
_HALF = 5  # people of half a group


def run() -> Figures:
    """Milliseconds."""
    prepare_training()
    with (
        tempfile.TemporaryDirectory(prefix="omokage-bench-") as folder,
        open_services(Settings.from_env({"OMOKAGE_DATA": str(Path(folder))})) as services,
    ):
        service = _service(services)
        photos = {"one face": _portrait(), "a group of ten": _group()}
        blobs = {name: services.blobs.put(data) for name, data in photos.items()}
        figures: Figures = {}
        for name, blob in blobs.items():
            request = AgeRequest(blob, years=1)  # allowed at any age
            count = sum(face.refusal is None for face in service.draw(request, 0).faces)
            times = timed(lambda _, request=request: service.draw(request, 0), ROUNDS)
            figures[f"{name} ({count} aged): p50, p90, ms"] = _percentiles(times)
        for output in (AgeOutput.STRIP, AgeOutput.FILM):
            request = AgeRequest(blobs["one face"], output)
            service.draw(request, 0)
            times = timed(lambda _, request=request: service.draw(request, 0), 5)
            figures[f"{output.value}: p50, p90, ms"] = _percentiles(times)
        service.close()
    return figures


def _percentiles(times: Sequence[float]) -> str:
    return f"{percentile(times, 0.5):.0f}, {percentile(times, 0.9):.0f}"


class _RandomAger:
    """A guild's only model: a network of the product's size with random weights, to which every face is typical."""

    def __init__(self) -> None:
        from core.models.reage.ager import ReageAger, ager_tensors
        from core.models.reage.network import build_unet, named
        from core.models.reage.presets import REAGE_PRESETS

        preset = REAGE_PRESETS["reage"]
        weights = {name: value.numpy() for name, value in named(build_unet(preset.size, preset.channels)).items()}
        noise = np.random.default_rng(0).integers(0, 256, (200, preset.size, preset.size, 3), np.uint8)
        typicality = fit_typicality(noise, np.arange(200) % 2 == 0)
        typicality = {name: np.full(1, 1e9, np.float32) if "limit" in name else t for name, t in typicality.items()}
        config = {"size": preset.size, "channels": list(preset.channels), "framing": Framing.FACE.value}
        ager = ReageAger(config, ager_tensors(weights, typicality), {})
        self._loaded = LoadedModel(ModelName("random", "random", RunKind.REAGE, True), ager, None)

    def get(self, guild_id: int, requested: str | None) -> LoadedAger:
        return self._loaded


def _service(services: Services) -> AgeingService:
    from core.services.ageing.factory import load_ageing_service

    return load_ageing_service(services.registry, services.people, services.blobs, agers=_RandomAger())


def _portrait() -> bytes:
    return _encode(portrait(default_people()[0], 3, 1024).image)


def _group() -> bytes:
    people = default_people()
    halves = [group(people[first : first + _HALF], 5, 1024, 512).image for first in (0, _HALF)]
    return _encode(np.concatenate(halves))


def _encode(image: NDArray[np.uint8]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(image).save(out, "JPEG", quality=92)
    return out.getvalue()
