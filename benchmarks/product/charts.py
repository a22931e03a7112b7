"""Time to render a chart: a run's curves are drawn anew every five seconds while it trains.

`python -m benchmarks charts`
"""

from __future__ import annotations

import math
import random
import subprocess
import sys
import time
from collections.abc import Callable

from benchmarks.helpers.report import Figures, percentile
from core.domain.registry.evaluation import EvaluationReport, ReliabilityBin, confusion_matrix
from core.domain.training.runs import CurvePoint
from core.render.charts import render_confusion, render_curves, render_reliability

ROUNDS = 15
STEPS = 8000
FIRST = """
import time
started = time.perf_counter()
from core.render.charts import render_curves
render_curves([], 1, "")
print(time.perf_counter() - started)
"""


def run() -> Figures:
    """Milliseconds and kilobytes of each chart."""
    figures: dict[str, float] = {}
    points = whole_run()
    charts: dict[str, Callable[[], bytes]] = {
        f"curves, {len(points)} points": lambda: render_curves(points, STEPS, "Run 3: recogniser, classic"),
        "confusion, 10 people": lambda: render_confusion(report(10)),
        "confusion, 40 people": lambda: render_confusion(report(40)),
        "confusion, 100 people": lambda: render_confusion(report(100)),
        "reliability": lambda: render_reliability(report(40)),
    }
    first = subprocess.run([sys.executable, "-c", FIRST], check=True, capture_output=True, text=True)
    figures["the first chart of a process, imports included, ms"] = 1000 * float(first.stdout)
    for name, draw in charts.items():
        draw()
        times = [seconds(draw) for _ in range(ROUNDS)]
        figures[f"{name}: p50, ms of a core"] = 1000 * percentile(times, 0.5)
        figures[f"{name}: kB"] = len(draw()) / 1000
    return figures


def seconds(draw: Callable[[], bytes]) -> float:
    """Of a core, for one; other work on the machine is not counted."""
    started = time.thread_time()
    draw()
    return time.thread_time() - started


def whole_run() -> list[CurvePoint]:
    """As a run of `classic` reports: every ten steps, and twenty evaluations."""
    noise = random.Random(0).gauss
    points = []
    for step in range(10, STEPS + 1, 10):
        left = math.exp(-step / 1500)
        values = {"loss": 3.7 * left * (1 + noise(0, 0.1)) + 0.03, "accuracy": 1 - left + noise(0, 0.03)}
        if step % (STEPS // 20) == 0:
            values |= {"held_out_accuracy": 0.77 * (1 - left), "held_out_loss": 1 + 2.7 * left}
        points.append(CurvePoint(step, values))
    return points


def report(people: int) -> EvaluationReport:
    """Thirty pictures a person, of which 15 % are taken for somebody else."""
    numbers = random.Random(0)
    truth = [person for person in range(people) for _ in range(30)]
    guesses = [person if numbers.random() < 0.85 else numbers.randrange(people) for person in truth]
    names = tuple(f"人 {number}" for number in range(people))
    bins = tuple(ReliabilityBin((index + 0.5) / 15, (index + 0.3) / 15, 1 + index**3) for index in range(15))
    confusion = confusion_matrix(truth, guesses, people)
    return EvaluationReport("cnn", "classic", "family v1", "", names, {"0": 0.85}, {}, confusion, bins, 0.03)
