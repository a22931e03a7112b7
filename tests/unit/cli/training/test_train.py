"""`omokage train` and `omokage runs`, with a trainer that needs no network."""

from __future__ import annotations

import io
import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from cli.main import omokage
from cli.training.formatting import duration, ending, figures, reason
from cli.training.progress_bar import TrainingBar
from core.bootstrap import Services, build
from core.domain.data.datasets import NOBODY, UNNAMED, DatasetClass, Shard
from core.domain.errors import ErrorCode
from core.domain.jobs import Failure, JobState
from core.domain.training.runs import CurvePoint, Run
from core.services.training.callbacks import MakeCallback, combine
from core.services.training.live_status import LiveStatusCallback
from core.services.training.segment_runner import Training, TrainingParts
from core.settings import Settings
from tests.integration.core.runs.fake_trainer import FakeTrainer


class Host:
    """What the commands find on this machine; `on_step` is called by the trainers."""

    def __init__(self, data: Path) -> None:
        self.settings = Settings.from_env({"OMOKAGE_DATA": str(data)})
        self.services = build(self.settings, no_broker)
        self.on_step: Callable[[int], None] | None = None
        classes = [DatasetClass(name, number, 5) for number, name in enumerate(("Anna", "Ben"), 1)]
        self.services.datasets.add(
            0, "family", classes, [Shard("ab" * 32, 10, 100)], hash="cd" * 32, without_face=0, by=0
        )

    def training(self, services: Services, extra: MakeCallback | None = None) -> Training:
        def live(job: Any, run: Run) -> LiveStatusCallback:
            return LiveStatusCallback(services.runs, services.blobs, None, job=job, run=run)

        return Training(
            TrainingParts(
                services.runs,
                services.blobs,
                dataset=services.datasets.get,
                open_dataset=lambda dataset, on_embedded: None,  # type: ignore[arg-type,return-value]
                make_trainer=lambda run, dataset, reader: FakeTrainer(run, on_step=self.on_step),
                register=services.registry.register,
                make_callback=live if extra is None else combine(live, extra),
                slice_s=0.01,
            )
        )


def no_broker(*_: object) -> None:
    raise ConnectionError("no broker")


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Host]:
    monkeypatch.setenv("OMOKAGE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("OMOKAGE_PRICE_PER_HOUR", "3600 USD")
    monkeypatch.delenv("OMOKAGE_DATABASE_URL", raising=False)
    made = Host(tmp_path / "data")
    monkeypatch.setattr("core.bootstrap.build_training", made.training)
    yield made
    made.services.close()


def run(*arguments: str) -> tuple[int, Result]:
    result = CliRunner().invoke(omokage, list(arguments), standalone_mode=False)
    if result.exception is not None:
        return getattr(result.exception, "exit_code", 99), result
    return result.return_value or 0, result


def train(*options: str) -> tuple[int, Result]:
    return run("train", "recogniser", "--data", "family", "--preset", "slim", *options)


def test_a_training_in_a_shell_ends_with_a_version(host: Host) -> None:
    status, result = train("--steps", "60", "--size", "64", "--learning-rate", "0.01", "--seed", "7", "--json")
    assert status == 0, result.exception
    payload = json.loads(result.stdout)
    assert (payload["run"], payload["state"], payload["step"], payload["version"]) == (
        1,
        "finished",
        60,
        "recogniser v1",
    )
    assert payload["config"] == {"head": "cnn", "fold": 0, "size": 64, "learning_rate": 0.01}
    assert payload["seed"] == 7
    assert payload["figures"].keys() == {"loss", "held_out_accuracy"}
    amount, currency = payload["cost"]
    assert (amount, currency) == (pytest.approx(payload["seconds"], abs=0.1), "USD")
    assert host.services.jobs.outbox.pending() == []


def test_a_training_says_what_it_made(host: Host) -> None:
    status, result = train("--steps", "20")
    assert status == 0
    assert result.stdout.startswith("Run 1: recogniser, slim, finished, step 20 of 20\n  loss ")
    assert "made recogniser v1" in result.stdout
    assert "1 %" not in result.stderr


def test_ctrl_c_saves_and_pauses_and_resume_goes_on(host: Host) -> None:
    host.on_step = lambda step: os.kill(os.getpid(), signal.SIGINT) if step == 40 else None
    status, result = train("--steps", "100")
    assert status == 130
    assert "omokage train --resume 1" in result.stderr
    paused = host.services.runs.find(0, 1)
    assert 40 <= paused.step <= 42
    host.on_step = None

    status, result = run("train", "--resume", "1", "--json")
    assert status == 0, result.output
    assert json.loads(result.stdout)["step"] == 100
    steps = [point.step for point in host.services.runs.points(paused.id)]
    assert steps == sorted(set(steps))


def test_a_run_that_trains_elsewhere_is_not_taken_over(host: Host) -> None:
    def after(step: int) -> None:
        if step == 5:
            status, result = run("train", "--resume", "1")
            assert status == 1
            assert "cannot be asked of run 1, which is running" in str(result.exception)

    host.on_step = after
    assert train("--steps", "10")[0] == 0


def test_a_killed_shells_run_may_be_resumed_once_its_lease_is_over(host: Host) -> None:
    class Killed(BaseException):
        pass

    def die(step: int) -> None:
        raise Killed

    host.on_step = die
    with pytest.raises(Killed):
        CliRunner().invoke(omokage, ["train", "recogniser", "--data", "family", "--steps", "9"], standalone_mode=False)
    host.on_step = None
    left = host.services.runs.find(0, 1)
    assert left.job_id is not None
    assert run("train", "--resume", "1")[0] == 1
    with host.services.database.write() as connection:
        connection.exec_driver_sql("UPDATE jobs SET lease_until = '2026-01-01 00:00:00'")
    assert run("train", "--resume", "1")[0] == 0
    assert host.services.jobs.get(left.job_id).state is JobState.CANCELLED


def test_a_training_that_fails_says_why(host: Host) -> None:
    def bug(step: int) -> None:
        raise ZeroDivisionError

    host.on_step = bug
    status, result = train("--steps", "20", "--json")
    assert status == 1
    assert json.loads(result.stdout)["failure"] == {"code": "internal", "reason": "ZeroDivisionError"}


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["train"], 2, "--data"),
        (["train", "recogniser"], 2, "--data"),
        (["train", "recogniser", "--resume", "1"], 2, "--resume"),
        (["train", "recogniser", "--data", "strangers"], 1, "no such data set"),
        (["train", "recogniser", "--data", "family", "--preset", "huge"], 2, "embedding, modern, classic, slim, gray"),
        (["train", "recogniser", "--data", "family", "--preset", "slim", "--head", "embedding"], 2, "Head cannot be"),
        (["train", "recogniser", "--data", "family", "--batch", "2"], 2, "8 to 1024"),
        (["train", "recogniser", "--data", "family", "--fold", "6"], 2, "0 to 5"),
        (["train", "--resume", "7"], 1, "no such"),
        (["runs", "pause", "7"], 1, "no such"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(host: Host, arguments: list[str], status: int, said: str) -> None:
    got, result = run(*arguments)
    assert got == status, result.exception
    assert said in str(result.exception)
    assert host.services.runs.newest(0) == []


def test_runs_are_listed_and_shown(host: Host) -> None:
    assert run("runs", "list")[1].stdout.startswith("Nothing was trained yet")
    train("--steps", "30")
    status, result = run("runs", "list")
    assert status == 0
    assert result.stdout.splitlines()[1].split()[:5] == ["1", "recogniser", "slim", "finished", "30/30"]
    (listed,) = json.loads(run("runs", "list", "--json")[1].stdout)
    shown = json.loads(run("runs", "show", "1", "--json")[1].stdout)
    assert shown.items() >= listed.items()
    assert shown["checkpoints"][-1]["step"] == 30
    assert shown["curves"][-1].keys() == {"step", "loss", "held_out_accuracy"}
    assert "checkpoints: " in run("runs", "show", "1")[1].stdout


def test_runs_are_asked_for_everything_that_the_chat_may_ask(host: Host) -> None:
    host.on_step = lambda step: os.kill(os.getpid(), signal.SIGINT) if step == 40 else None
    train("--steps", "100")
    assert json.loads(run("runs", "resume", "1", "--json")[1].stdout)["state"] == "waiting"
    assert json.loads(run("runs", "pause", "1", "--json")[1].stdout)["state"] == "paused"
    kept = [checkpoint.step for checkpoint in host.services.runs.checkpoints(host.services.runs.find(0, 1).id)]
    back = json.loads(run("runs", "rollback", "1", str(kept[0]), "--json")[1].stdout)
    assert (back["state"], back["step"]) == ("paused", kept[0])
    branched = json.loads(
        run("runs", "branch", "1", "99", "--steps", "50", "--learning-rate", "0.1", "--json")[1].stdout
    )
    assert (branched["run"], branched["steps"], branched["config"]["learning_rate"]) == (2, 50, 0.1)
    assert branched["branched_from"] == [back["id"], kept[0]]
    status, result = run("runs", "stop", "2")
    assert (status, "stopped" in result.stdout) == (0, True)
    assert run("runs", "stop", "2")[0] == 1


def test_without_a_terminal_the_bar_is_a_line_now_and_then() -> None:
    now = [0.0]
    out = io.StringIO()
    with TrainingBar(Console(file=out, force_terminal=False, width=200), clock=lambda: now[0]) as bar:
        bar.on_train_begin(0, 100)
        for step in range(1, 31):
            now[0] += 1
            bar.on_figures(CurvePoint(step, {"loss": 1 / step}))
            bar.on_step_end(step)
    assert out.getvalue().splitlines() == [
        "step 10 of 100: loss 0.1, 1 steps/s, 1 min 30 s left",
        "step 20 of 100: loss 0.05, 1 steps/s, 1 min 20 s left",
        "step 30 of 100: loss 0.03333, 1 steps/s, 1 min 10 s left",
    ]


def test_on_a_terminal_there_is_a_bar() -> None:
    out = io.StringIO()
    with TrainingBar(Console(file=out, force_terminal=True, width=120)) as bar:
        bar.on_train_begin(0, 10)
        bar.on_figures(CurvePoint(5, {"held_out_accuracy": 0.5}))
        bar.on_step_end(5)
    assert "held-out accuracy 50.0%" in out.getvalue()
    assert "5/10" in out.getvalue()


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (3599, "59 min 59 s"), (7260, "2 h 01 min")],
)
def test_durations_are_short(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_figures_and_failures_are_words() -> None:
    assert figures({"loss": 0.12345, "held_out_accuracy": 0.9}) == "loss 0.1235, held-out accuracy 90.0%"
    assert reason(Failure(ErrorCode.DIVERGED, {"step": 5, "name": "loss"})).endswith(
        "at step 5: loss is no number any more."
    )


def test_options_of_a_network_go_to_its_run(host: Host) -> None:
    host.services.datasets.add(
        0, "faces", [DatasetClass(UNNAMED, NOBODY, 300)], [Shard("ab" * 32, 300, 100)], hash="ef" * 32, without_face=0,
        by=0,
    )  # fmt: skip
    status, result = run(
        "train", "dcgan", "--data", "faces", "--steps", "20", "--loss", "hinge", "--augment", "0.5", "--json"
    )
    assert status == 0, result.exception
    payload = json.loads(result.stdout)
    assert payload["config"] == {"head": "dcgan", "loss": "hinge", "augment": 0.5}
    assert (payload["kind"], payload["preset"], payload["version"]) == ("dcgan", "light", "dcgan v1")
    status, result = run("train", "vae", "--data", "faces", "--steps", "20", "--kl", "0.5", "--json")
    assert json.loads(result.stdout)["config"] == {"head": "vae", "kl": 0.5}


def test_an_option_of_another_network_is_refused_with_those_that_there_are(host: Host) -> None:
    status, result = train("--kl", "1")
    assert status == 2
    assert "Kl cannot be '1.0'; allowed: size, fold, batch, learning_rate." in str(result.exception)


def test_figures_of_what_draws_are_said_in_their_own_way() -> None:
    values = {"generator_loss": 1.2345, "d_real": 0.81, "d_fake": 0.2, "kid": 0.01234, "faces": 0.97, "novelty": 1.02}
    assert figures(values) == (
        "generator loss 1.234, D(real) 81.0%, D(drawn) 20.0%, KID (dlib) 0.01234, with a face 97.0%, novelty 1.02"
    )


def test_an_early_end_says_why_and_what_is_kept() -> None:
    said = {"code": "diversity-fell", "step": 4000, "best": 2500, "figure": "kid", "value": 0.0123}
    assert ending(said) == (
        "ended early at step 4000: the faces became more and more alike; kept is step 2500, KID (dlib) 0.0123"
    )
    assert "and never a face" in ending({**said, "code": "never-learnt"})
    assert "a-later-reason" in ending({**said, "code": "a-later-reason"})
