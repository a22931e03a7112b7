from __future__ import annotations

import io
import math
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.domain.registry.evaluation import EvaluationReport, ReliabilityBin, confusion_matrix
from core.domain.training.runs import CurvePoint
from core.render.chart_panels import smooth
from core.render.chart_style import BLUE, MINT, ORANGE
from core.render.charts import render_confusion, render_curves, render_reliability

LARGEST = 200_000  # bytes; the message with it is edited every few seconds


def pixels(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png)) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB")).astype(int)


def count(png: bytes, colour: str) -> int:
    rgb = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    return int((np.abs(pixels(png) - rgb).max(axis=2) <= 6).sum())


def training(steps: int = 8000) -> list[CurvePoint]:
    points = [
        CurvePoint(s, {"loss": 4 * math.exp(-s / 1500), "accuracy": 1 - math.exp(-s / 1500)})
        for s in range(10, steps, 10)
    ]
    held_out = [CurvePoint(s, {"held_out_accuracy": 0.7 * (1 - math.exp(-s / 1500))}) for s in range(500, steps, 500)]
    return points + held_out


def report(
    people: int,
    wrong: int = 0,
    names: tuple[str, ...] | None = None,
    bins: tuple[ReliabilityBin, ...] = (ReliabilityBin(0.9, 0.8, 100),),
) -> EvaluationReport:
    truth = [person for person in range(people) for _ in range(20)]
    guesses = [(person + 1) % people if place < wrong else person for place, person in enumerate(truth)]
    names = names or tuple(f"人 {number}" for number in range(people))
    folds = {"0": 1 - wrong / len(truth)}
    return EvaluationReport(
        "cnn", "classic", "家族 v1", "0f", names, folds, {}, confusion_matrix(truth, guesses, people), bins, 0.1
    )


def test_curves_fit_into_a_message_that_is_edited_often() -> None:
    png = render_curves(training(), 8000, "run 3 · recogniser classic")
    assert pixels(png).shape == (450, 800, 3)
    assert len(png) < LARGEST


def test_what_is_held_out_is_orange_and_what_is_trained_on_blue() -> None:
    only_training = [point for point in training() if "loss" in point.values]
    assert count(render_curves(only_training, 8000, "run"), ORANGE) == 0
    png = render_curves(training(), 8000, "run")
    assert count(png, ORANGE) > 500
    assert count(png, BLUE) > 500


def test_the_order_of_the_points_does_not_matter() -> None:
    assert render_curves(training()[::-1], 8000, "run") == render_curves(training(), 8000, "run")


def test_the_axis_ends_at_the_last_step_of_the_run_and_shows_how_much_is_to_come() -> None:
    columns = np.nonzero(
        (np.abs(pixels(render_curves(training(2000), 8000, "run"))[150:400] - (0x77, 0xAA, 0xDD)) < 6).all(2)
    )[1]
    assert columns[columns < 400].max() < 66 + 0.3 * 319  # the left panel is 319 pixels wide


@pytest.mark.parametrize("points", [[], [CurvePoint(0, {})], [CurvePoint(5, {"loss": math.nan, "accuracy": math.inf})]])
def test_a_run_without_figures_yet_has_a_picture_that_says_so(points: list[CurvePoint]) -> None:
    png = render_curves(points, 100, "run")
    assert png == render_curves([], 100, "run")
    assert pixels(png).max() > 100


def test_a_figure_that_is_no_number_is_left_out_and_the_others_are_drawn() -> None:
    broken = [*training(), CurvePoint(9000, {"loss": math.nan})]
    assert render_curves(broken, 8000, "run") == render_curves(training(), 8000, "run")


@pytest.mark.parametrize(
    "points",
    [
        [CurvePoint(1, {"loss": 2.0})],
        [CurvePoint(0, {"accuracy": 0.0}), CurvePoint(0, {"held_out_accuracy": 0.0})],
        [CurvePoint(step, {"held_out_accuracy": 0.97}) for step in range(3)],
        [CurvePoint(step, {"loss": 0.0}) for step in range(3)],
        [CurvePoint(step, {"loss": 10.0**-step}) for step in range(9)],
        [CurvePoint(step, {"loss_d": -1.0, "loss_g": 5.0, "kl_loss": 1.0, "d_real": 0.5}) for step in range(9)],
        [CurvePoint(2_000_000, {"loss": 1e30})],
    ],
)
def test_any_curves_are_drawn(points: list[CurvePoint]) -> None:
    assert pixels(render_curves(points, 10, "run")).shape == (450, 800, 3)


def drawing(steps: int = 4000) -> list[CurvePoint]:
    batches = [
        CurvePoint(s, {"generator_loss": 1.0, "discriminator_loss": 0.5, "d_real": 0.8}) for s in range(10, steps, 10)
    ]
    evaluated = [CurvePoint(s, {"kid": 20.0 / s + s / 1e5, "faces": s / steps}) for s in range(200, steps, 200)]
    return batches + evaluated


def test_the_distance_of_drawn_faces_has_a_panel_of_its_own_and_the_others_share_the_rest() -> None:
    orange, blue = (0xEE, 0x88, 0x66), (0x77, 0xAA, 0xDD)
    rgb = pixels(render_curves(drawing(), 6000, "run"))
    parts = (rgb[116:, :392], rgb[116:240, 440:], rgb[300:, 440:])
    panels = {
        name: [int((np.abs(part - colour) < 6).all(2).sum()) > 200 for part in parts]
        for name, colour in (("orange", orange), ("blue", blue))
    }
    assert panels == {"orange": [True, True, False], "blue": [False, True, True]}


def test_the_best_step_of_what_draws_is_ringed() -> None:
    rgb = pixels(render_curves(drawing(), 6000, "run"))[116:406, 66:385]
    white = (np.abs(rgb - (0xDB, 0xDE, 0xE1)) < 6).all(2)
    white[:60] = False  # the words
    rows, columns = np.nonzero(white)
    best = min((point for point in drawing() if "kid" in point.values), key=lambda point: point.values["kid"]).step
    assert columns.mean() == pytest.approx((best / 6000 + 0.02) / 1.04 * 319, abs=4)
    assert rows.max() > 240  # near the bottom


def test_a_distance_without_losses_is_drawn_beside_nothing_or_shares() -> None:
    only = [
        CurvePoint(step, {"kid": 0.1 - step / 100}) for step in range(20)
    ]  # below zero in the end, as estimates may be
    assert count(render_curves(only, 20, "run"), ORANGE) > 500
    both = [CurvePoint(step, {"kid": 0.02, "faces": 0.9}) for step in range(20)]
    assert pixels(render_curves(both, 20, "run")).shape == (450, 800, 3)


def test_a_title_of_any_letters_is_drawn() -> None:
    titles = ("$\\frac$ 家族", "😀", "", "김" * 100, "a\nb")
    assert all(pixels(render_curves(training(100), 100, title)).shape for title in titles)


def test_charts_that_are_drawn_at_once_do_not_disturb_each_other() -> None:
    alone = (
        render_curves(training(), 8000, "run"),
        render_confusion(report(9, 5)),
        render_reliability(report(3)),
    )
    with ThreadPoolExecutor(6) as pool:
        jobs = [
            pool.submit(draw)
            for _ in range(3)
            for draw in (
                lambda: render_curves(training(), 8000, "run"),
                lambda: render_confusion(report(9, 5)),
                lambda: render_reliability(report(3)),
            )
        ]
        assert {job.result() for job in jobs} == set(alone)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=500), st.integers(1, 50))
def test_a_thinned_curve_has_few_points_that_are_means(values: list[float], most: int) -> None:
    curve = list(enumerate(values))
    few = smooth(curve, most)
    assert 1 <= len(few) <= most
    assert [step for step, _ in few] == sorted(step for step, _ in few)
    assert min(values) - 1e-6 <= min(value for _, value in few)
    assert max(value for _, value in few) <= max(values) + 1e-6
    if len(values) <= most:
        assert few == curve


def test_the_newest_point_of_a_thinned_curve_is_the_mean_of_as_many_as_the_others() -> None:
    assert smooth([(step, float(step)) for step in range(7)], 4) == [(0, 0.0), (2, 1.5), (4, 3.5), (6, 5.5)]


@pytest.mark.parametrize("people", [2, 3, 12, 29, 40, 67, 100])
def test_a_confusion_of_2_to_100_people_is_drawn(people: int) -> None:
    png = render_confusion(report(people, wrong=11))
    assert len(png) < LARGEST
    assert max(pixels(png).shape) <= 1500


def test_mistakes_are_orange() -> None:
    assert count(render_confusion(report(10)), ORANGE) == 0
    assert count(render_confusion(report(10, wrong=1)), ORANGE) > 1000  # a cell is 40 pixels a side


def test_one_mistake_among_many_is_still_seen() -> None:
    clean, dirty = (pixels(render_confusion(report(100, wrong=wrong))) for wrong in (0, 1))
    matrix = np.abs(clean - dirty)[84:884, 60:860].max(axis=2)
    assert (matrix > 60).sum() >= 49  # 8 x 8, less the edges


def test_names_that_cannot_be_drawn_become_numbers() -> None:
    names = ("김", "$\\frac{1}", "😀")
    assert render_confusion(report(3, 2, names)) == render_confusion(report(3, 2, ("#1", "$\\frac{1}", "#3")))


def test_somebody_without_held_out_pictures_does_not_hinder_the_others() -> None:
    empty = EvaluationReport("cnn", None, "x", "0f", ("a", "b"), {"0": 0.0}, {}, ((0, 0), (0, 0)), (), 0.0)
    assert pixels(render_confusion(empty)).shape
    assert pixels(render_reliability(empty)).shape


def test_too_sure_is_orange_and_too_modest_green() -> None:
    sure = render_reliability(report(2, bins=(ReliabilityBin(0.9, 0.5, 10), ReliabilityBin(0.5, 0.5, 10))))
    modest = render_reliability(report(2, bins=(ReliabilityBin(0.5, 0.9, 10), ReliabilityBin(0.9, 0.9, 10))))
    key = 400  # the squares and words of the key are in these colours, too
    assert count(sure, ORANGE) > count(modest, ORANGE) + key
    assert count(modest, MINT) > count(sure, MINT) + key


def test_a_reliability_diagram_has_its_size() -> None:
    png = render_reliability(report(2))
    assert pixels(png).shape == (450, 800, 3)
    assert len(png) < LARGEST


def test_matplotlib_is_not_loaded_before_something_is_drawn() -> None:
    """It takes half a second, and a worker that only classifies never draws a chart."""
    script = "import sys, core.render.charts, core.render.activation_sheet; print('matplotlib' in sys.modules)"
    root = Path(__file__).parents[4]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"
