"""Adversarial robustness of versions, as on their cards, and whether a well-kept library's attacks do better.

`python -m benchmarks robustness [--data FOLDER] [--version N ...] [--faces 100] [--textures 1000] [--peers 10]`: of the
recognisers in a data folder (the settings' own by default). `--peers`: so many of the faces are also attacked by
the Adversarial Robustness Toolbox' PGD and AutoPGD, with the same bounds and steps; 0: none.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.helpers.report import Figures, Skip, print_and_keep
from core.bootstrap import Services, build
from core.domain.optimisation import Robustness
from core.domain.registry.robustness import AttackOutcome, CheckState
from core.domain.training.runs import RunKind
from core.models.attack.robustness import RobustnessCheck
from core.services.robustness.service import load_check, run_check
from core.settings import Settings

FACES, TEXTURES, PEERS = 10, 100, 5  # small by default: minutes


def run(
    data: Path | None = None,
    versions: Sequence[int] = (),
    faces: int = FACES,
    textures: int = TEXTURES,
    peers: int = PEERS,
) -> Figures:
    """Return the figures of each version."""
    settings = Settings.from_env(os.environ)
    if data is not None:
        settings = replace(settings, data=data, blobs=str(data / "blobs"), database_url=f"sqlite:///{data}/omokage.db")
    if not settings.data.is_dir():
        raise Skip(f"there are no data in {settings.data}")
    services = build(settings, lambda *_: None)
    try:
        return _measured(services, versions, faces=faces, textures=textures, peers=peers)
    finally:
        services.close()


def _measured(services: Services, versions: Sequence[int], *, faces: int, textures: int, peers: int) -> Figures:
    recognisers = services.registry.list(0, RunKind.RECOGNISER)
    chosen = [version for version in recognisers if not versions or version.number in versions]
    if not chosen:
        raise Skip("no recogniser was trained in this data folder")
    figures: dict[str, float | int | str] = {}
    for version in chosen:
        check = load_check(services.registry, services.dataset_storage, version)
        figures |= _figures(version.label, check, faces, textures)
        if peers:
            for name, attack in _attacks().items():
                figures |= _figures(f"{version.label}, {peers} faces, {name}", check, peers, 0, attack)
    return figures


def _figures(name: str, check: RobustnessCheck, faces: int, textures: int, attack: Any = None) -> Figures:
    samples = check.samples[:faces]
    state = CheckState((AttackOutcome(),) * len(samples), wanted=textures)
    began = time.perf_counter()
    robustness = run_check(RobustnessCheck(check.head, samples, state, attack), lambda _: None)
    return {f"{name}: {word}": value for word, value in _as_figures(robustness, time.perf_counter() - began).items()}


def _as_figures(robustness: Robustness, seconds: float) -> Figures:
    textures = {"named closed, %": 100 * robustness.named_closed, "named open, %": 100 * robustness.named_open}
    return {
        "faces": robustness.faces,
        "fooled within 8/255, %": 100 * robustness.fooled,
        "median levels": "more than 8" if robustness.median_linf is None else robustness.median_linf,
        **({"textures": robustness.textures, **textures} if robustness.textures else {}),
        "seconds": round(seconds, 1),
    }


def _attacks() -> dict[str, Callable[..., Any] | None]:
    from benchmarks.helpers.art_attacks import as_attack, auto_pgd, pgd  # half of PyTorch

    return {"ours": None, "ART's PGD": as_attack(pgd), "ART's AutoPGD": as_attack(auto_pgd)}


def main(arguments: Sequence[str]) -> None:
    """Take the options of the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks robustness", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--version", type=int, action="append", default=[])
    parser.add_argument("--faces", type=int, default=FACES)
    parser.add_argument("--textures", type=int, default=TEXTURES)
    parser.add_argument("--peers", type=int, default=PEERS)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    result = run(options.data, options.version, options.faces, options.textures, options.peers)
    print_and_keep("robustness", result, options.json)
