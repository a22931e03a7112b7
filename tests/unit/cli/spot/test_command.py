"""`omokage spot` without a terminal: chart, table, JSON, and mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from cli.spot import command
from core.domain.spot.prices import PricePoint
from core.domain.spot.query import FailureReason, Provider, RegionFailure, RegionPrices
from core.services.spot import watching
from core.services.spot.errors import MissingExtraError
from core.services.spot.source import SpotSource
from tests.recorded_ec2 import NOW
from tests.unit.cli.spot.shown import ListSource, assert_screen, recorded_source


@pytest.fixture(autouse=True)
def config_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "omokage"
    folder.mkdir()
    monkeypatch.setattr(command, "default_path", lambda: folder / "spot.toml")
    return folder


def run(
    *arguments: str,
    source: SpotSource | Exception | None = None,
    monkeypatch: pytest.MonkeyPatch,
    color: bool = False,
) -> Result:
    def make_source(*_: object, **__: object) -> SpotSource:
        if isinstance(source, Exception):
            raise source
        assert source is not None, "nothing should be asked"
        return source

    async def watch(source: SpotSource, query: object) -> object:
        async for update in watching.watch(source, query, clock=lambda: NOW):  # type: ignore[arg-type]
            yield update

    monkeypatch.setattr(command, "make_source", make_source)
    monkeypatch.setattr(command, "watch", watch)
    return CliRunner().invoke(command.spot, arguments, color=color)


def vast_source() -> ListSource:
    points = {"RTX 4090": (PricePoint(NOW, 0.1868),), "RTX 3060": (PricePoint(NOW, 0.032),)}
    return ListSource([RegionPrices("vast", NOW, points)], has_history=False)


def test_once_prints_the_chart_and_what_failed_is_status_1(monkeypatch: pytest.MonkeyPatch):
    done = run("--once", source=recorded_source(), monkeypatch=monkeypatch)
    assert_screen(done.stdout, "once")
    assert done.stderr == "us-west-1: the account lacks the permission ec2:DescribeSpotPriceHistory.\n"
    assert done.exit_code == 1


def test_without_a_terminal_it_prints_once_and_where_nothing_failed_it_is_status_0(monkeypatch: pytest.MonkeyPatch):
    done = run("--regions", "us-east-1,us-east-2", source=recorded_source(), monkeypatch=monkeypatch)
    assert "h us-east-2c" in done.stdout
    assert (done.stderr, done.exit_code) == ("", 0)


def test_json_has_every_point(monkeypatch: pytest.MonkeyPatch):
    done = run("--json", source=recorded_source(), monkeypatch=monkeypatch)
    answer = json.loads(done.stdout)
    assert (answer["provider"], answer["type"], answer["product"]) == ("aws", "g4dn.xlarge", "Linux/UNIX")
    assert answer["time"] == "2026-11-29T12:00:00+00:00"
    cheapest = answer["series"][0]
    assert (cheapest["region"], cheapest["zone"], cheapest["latest"]) == ("us-east-2", "us-east-2b", 0.1421)
    assert cheapest["points"][-1][1] == 0.1421
    assert cheapest["points"] == sorted(cheapest["points"])
    assert answer["failures"] == [{"region": "us-west-1", "reason": "not-allowed", "detail": "UnauthorizedOperation"}]
    assert done.exit_code == 1


def test_present_prices_are_a_table(monkeypatch: pytest.MonkeyPatch):
    done = run("--once", "--provider", "vast", source=vast_source(), monkeypatch=monkeypatch)
    assert done.stdout.splitlines() == [
        "region  zone      USD an hour",
        "vast    RTX 3060  0.0320",
        "vast    RTX 4090  0.1868",
    ]
    assert done.exit_code == 0


def test_where_braille_cannot_be_written_it_is_a_table(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("cli.spot.report._can_draw", lambda: False)
    done = run("--once", source=recorded_source(), monkeypatch=monkeypatch)
    assert done.stdout.splitlines()[1] == "us-east-2  us-east-2b        0.1421"


def test_a_machine_that_is_nowhere_offered_is_no_fault(monkeypatch: pytest.MonkeyPatch):
    source = ListSource([RegionFailure("sa-east-1", FailureReason.NO_PRICES)], has_history=True)
    done = run("--once", "--regions", "sa", source=source, monkeypatch=monkeypatch)
    assert (done.stdout, done.exit_code) == ("", 0)
    assert done.stderr == "sa-east-1: the machine is not offered.\n"


def test_options_go_over_the_file(monkeypatch: pytest.MonkeyPatch, config_folder: Path):
    (config_folder / "spot.toml").write_text("[aws]\ntype = 'g5.xlarge'\nregions = 'eu-central-1'\n", "utf-8")
    done = run("--json", "--type", "p3.2xlarge", source=recorded_source(), monkeypatch=monkeypatch)
    answer = json.loads(done.stdout)
    assert answer["type"] == "p3.2xlarge"
    assert {series["region"] for series in answer["series"]} == {"eu-central-1"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--regions", "moon"], "--regions: there is no region 'moon'"),
        (["--type", "T4"], "--type must be an instance type such as g4dn.xlarge, not 'T4'."),
        (["--product", "Solaris"], "--product must be Linux/UNIX"),
        (["--auto-refresh", "0"], "--auto-refresh must be 1 to 1440 minutes, not 0.0."),
        (["--auto-refresh", "5", "--json"], "--auto-refresh is for the chart in a terminal"),
        (["--provider", "vast", "--regions", "us"], "--regions is for AWS alone"),
        (["--provider", "runpod", "--hours", "3"], "--hours is for AWS alone"),
        (["--hours", "0"], "0 is not in the range"),
        (["--provider", "gcp"], "'gcp' is not one of"),
    ],
)
def test_a_wrong_option_is_status_2_and_nothing_is_asked(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], sentence: str
):
    done = run(*arguments, monkeypatch=monkeypatch)
    assert done.exit_code == 2
    assert sentence in done.stderr


def test_a_mistake_in_the_file_is_status_2_with_file_and_key(monkeypatch: pytest.MonkeyPatch, config_folder: Path):
    path = config_folder / "spot.toml"
    path.write_text("[aws]\nregion = 'us'\n", "utf-8")
    done = run("--once", monkeypatch=monkeypatch)
    assert done.exit_code == 2
    assert done.stderr == (
        f"Error: {path}: [aws] there is no key 'region'; there are regions, type, product, hours, url.\n"
    )


def test_without_botocore_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch):
    done = run("--once", source=MissingExtraError("aws"), monkeypatch=monkeypatch)
    assert done.exit_code == 1
    assert done.stderr == 'Error: The prices of AWS need botocore: pip install "omokage[aws]".\n'


def test_without_textual_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(command, "_has_terminal", lambda: True)
    monkeypatch.setattr(command.importlib.util, "find_spec", lambda _: None)
    done = run(monkeypatch=monkeypatch)
    assert done.exit_code == 1
    assert done.stderr == (
        'Error: The chart needs Textual: pip install "omokage[spot]". --once and --json do without it.\n'
    )


def test_in_a_terminal_the_chart_opens_with_the_settings(monkeypatch: pytest.MonkeyPatch):
    opened: list[object] = []

    class FakeApp:
        def __init__(self, source: SpotSource, provider: Provider, query: object, *, interval: object) -> None:
            opened.extend([provider, interval])

        def run(self) -> None:
            opened.append("run")

    monkeypatch.setattr(command, "_has_terminal", lambda: True)
    monkeypatch.setattr("cli.spot.app.SpotApp", FakeApp)
    done = run("--provider", "vast", "--auto-refresh", "5", source=vast_source(), monkeypatch=monkeypatch)
    assert done.exit_code == 0
    assert opened == [Provider.VAST, command.SpotConfig().with_value("auto_refresh", 5).auto_refresh, "run"]


@pytest.mark.parametrize(("no_color", "is_colored"), [(None, True), ("1", False)])
def test_a_terminal_gets_colours_unless_it_wants_none(
    monkeypatch: pytest.MonkeyPatch, no_color: str | None, is_colored: bool
):
    if no_color:
        monkeypatch.setenv("NO_COLOR", no_color)
    else:
        monkeypatch.delenv("NO_COLOR", raising=False)
    done = run("--once", source=recorded_source(), monkeypatch=monkeypatch, color=True)
    assert ("\x1b[38;2;86;180;233m" in done.stdout) is is_colored
    assert_screen("".join(f"{line.rstrip()}\n" for line in click.unstyle(done.stdout).splitlines()), "once")


def test_a_pipe_gets_no_colours(monkeypatch: pytest.MonkeyPatch):
    done = run("--once", source=recorded_source(), monkeypatch=monkeypatch)
    assert done.stdout == click.unstyle(done.stdout)
