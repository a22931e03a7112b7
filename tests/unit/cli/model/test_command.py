from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert

from cli.context import open_services
from cli.main import omokage
from core.bootstrap import Services
from core.domain.embedders import DLIB, DLIB_AND_SFACE
from core.domain.jobs import JSON
from core.domain.optimisation import Robustness
from core.domain.training.runs import RunKind
from core.settings import Settings
from core.storage.training_tables import versions
from tests.integration.core.builders import Clock
from tests.integration.core.registry.builders import Trained

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
MODERN: dict[str, JSON] = {"head": "cnn", "preset": "modern"}
CLASSES: JSON = [["Anna", 1], ["本田 翼", 2]]


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Services]:
    monkeypatch.setenv("OMOKAGE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("OMOKAGE_DATABASE_URL", raising=False)
    with open_services(Settings.from_env()) as made:
        yield made


def add(
    services: Services,
    number: int,
    accuracy: float,
    *,
    guild: int = 0,
    data: str = "ab" * 32,
    kind: RunKind = RunKind.RECOGNISER,
    config: JSON = MODERN,
    **metrics: JSON,
) -> str:
    """A version without a run; returns its weights' hash."""
    measured: Mapping[str, JSON] = {"accuracy": accuracy, "folds": {"0": accuracy}, "ece": 0.02, **metrics}
    weights = services.blobs.put(f"weights {number}".encode())
    card: dict[str, JSON] = {
        "dataset_title": "family v2",
        "dataset_hash": data,
        "config": config,
    }
    card |= {"classes": CLASSES, "metrics": measured, "parts": [["the network", "MIT"]]}
    values = {"guild_id": guild, "kind": kind, "number": number, "architecture": "cnn-modern", "size": 9}
    values |= {"weights": weights, "card": card, "created_by": 1, "created_at": NOW}
    with services.database.write() as connection:
        connection.execute(insert(versions).values(values))
    return weights


def run(*arguments: str) -> tuple[int, Result]:
    # Without standalone mode click returns what the command returned.
    result = CliRunner().invoke(omokage, ["model", *arguments], standalone_mode=False)
    return (getattr(result.exception, "exit_code", 99) if result.exception else result.return_value or 0), result


def said(*arguments: str) -> Any:
    status, result = run(*arguments, "--json")
    assert status == 0, result.exception
    return json.loads(result.stdout)


def refusal(*arguments: str) -> str:
    status, result = run(*arguments)
    assert (status, result.stdout) == (1, "")
    return str(getattr(result.exception, "message", ""))


def test_without_a_training_there_is_nothing_to_list(services: Services) -> None:
    assert "omokage train" in run("list")[1].stdout
    assert (said("list"), said("history")) == ([], [])
    assert "no training answers" in run("history")[1].stdout
    assert "model list" in refusal("card")
    assert "nothing to roll back" in refusal("rollback")


def test_the_list_has_the_documented_keys(services: Services) -> None:
    weights = add(services, 1, 0.77)
    add(services, 1, 0.5, guild=700)
    assert said("list") == [
        {
            "number": 1,
            "kind": "recogniser",
            "label": "recogniser v1 (cnn modern)",
            "serving": False,
            "architecture": "cnn-modern",
            "dataset": {"title": "family v2", "hash": "ab" * 32},
            "people": 2,
            "embedder": DLIB,
            "embedder_title": "dlib's ResNet",
            "retrained_from": None,
            "retraining": None,
            "accuracy": 0.77,
            "folds": {"0": 0.77},
            "size": 9,
            "sha256": weights,
            "created": "2026-11-21T12:30:00+00:00",
        }
    ]
    assert [one["accuracy"] for one in said("list", "--guild", "700")] == [0.5]


def test_the_table_marks_what_answers(services: Services) -> None:
    add(services, 1, 0.77)
    add(services, 2, 0.881, config={**MODERN, "embedder": DLIB_AND_SFACE})
    run("promote", "1")
    heading, newest, oldest, note = run("list")[1].stdout.splitlines()
    assert note.startswith("v1: of the earlier face network; a worker retrains it by itself")
    assert re.split(r"  +", heading.strip()) == ["VERSION", "DATA", "PEOPLE", "ACCURACY", "FACES COMPARED BY", "MADE"]
    assert re.split(r"  +", newest.strip()) == [
        "recogniser v2 (cnn modern)", "family v2", "2", "88.1%", "dlib's ResNet and SFace", "2026-11-21"
    ]  # fmt: skip
    assert oldest.split()[:3] == ["*", "recogniser", "v1"]


def test_a_version_of_an_unknown_embedder_is_not_promoted(services: Services) -> None:
    add(services, 1, 0.77, config={**MODERN, "embedder": "tomorrow's"})
    assert refusal("promote", "1") == "the version compares faces by tomorrow's, which this Omokage does not know"


def test_a_card_tells_everything_but_the_weights(services: Services) -> None:
    weights = add(services, 1, 0.77, report={"confusion": []})
    card = said("card", "1")
    assert card["run"] is None
    assert card["config"] == {"head": "cnn", "preset": "modern"}
    assert card["classes"] == [{"name": "Anna", "person_id": 1}, {"name": "本田 翼", "person_id": 2}]
    assert card["metrics"]["report"] == {"confusion": []}
    assert card["parts"] == [{"name": "the network", "licence": "MIT"}]
    assert {key: card[key] for key in ("number", "serving", "sha256")} == {
        "number": 1,
        "serving": False,
        "sha256": weights,
    }
    text = run("card", "1")[1].stdout
    for expected in (
        "recogniser v1 (cnn modern)\n",
        "2: Anna, 本田 翼",
        "77.0% (held-out folds 0: 77.0%)",
        "0.02",
        weights,
    ):
        assert expected in text
    assert "answers now" not in text
    assert "confusion" not in text


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (None, "not checked yet (omokage model check 1)"),
        (
            Robustness(100, 8, 0.97, 2.0, 1000, 0.31, 0.002),
            "fooled within 8/255, all networks attacked at once: 97% of 100 faces, half of them with 2 levels; "
            "textures named: 31.0% closed, 0.2% open",
        ),
        (
            Robustness(40, 8, 0.1, None, 1000, 0.0, 0.0),
            "fooled within 8/255, all networks attacked at once: 10% of 40 faces, fewer than half of them; "
            "textures named: 0.0% closed, 0.0% open",
        ),
        (Robustness(2, 8, 1.0, 1.0, 9, 0.0, 0.0), "half of them with 1 level;"),
        (Robustness(0, 8, 0.0, None, 1000, 0.5, 0.1), " textures named: 50.0% closed, 10.0% open"),
    ],
)
def test_a_card_tells_how_easily_a_version_is_fooled(services: Services, found: Robustness | None, told: str) -> None:
    add(services, 1, 0.77, robustness=None if found is None else found.to_json())
    assert told in run("card", "1")[1].stdout
    assert said("card", "1")["metrics"]["robustness"] == (None if found is None else found.to_json())


def test_a_version_that_never_draws_a_face_says_so_and_takes_a_reason(services: Services) -> None:
    add(services, 1, 0.0, kind=RunKind.DCGAN, config={"head": "dcgan", "framing": "portrait"}, kid=2.05, faces=0.0)
    dcgan = ("--kind", "dcgan")
    assert "no face is found in any of its pictures" in run("card", "1", *dcgan)[1].stdout
    assert refusal("promote", "1", *dcgan) == (
        "no face is found in any picture that the version draws; to let it draw nevertheless, say why: --force REASON"
    )
    assert "answers now (for a laugh)" in run("promote", "1", "--force", "for a laugh", *dcgan)[1].stdout


def test_a_card_without_a_number_is_of_what_answers(services: Services) -> None:
    add(services, 1, 0.77)
    add(services, 2, 0.7)
    run("promote", "1")
    assert (said("card")["number"], said("card")["serving"]) == (1, True)
    assert run("card")[1].stdout.startswith("recogniser v1 (cnn modern), answers now\n")


def test_a_promotion_is_said_and_kept(services: Services) -> None:
    add(services, 1, 0.77)
    add(services, 2, 0.88)
    assert "recogniser v1 (cnn modern) answers now" in run("promote", "1")[1].stdout
    promotion = said("promote", "2")
    at = promotion.pop("at")
    assert datetime.fromisoformat(at).tzinfo is not None
    assert promotion == {
        "version": 2,
        "kind": "recogniser",
        "rollback": False,
        "forced": False,
        "reason": "0.8800 >= 0.7700, fold 0",
        "by": 0,
    }
    assert [one["version"] for one in said("history")] == [2, 1]


def test_a_worse_version_is_refused_with_the_way_out(services: Services) -> None:
    add(services, 1, 0.88)
    add(services, 2, 0.77)
    run("promote", "1")
    message = refusal("promote", "2")
    assert "77.0%" in message
    assert "88.0%" in message
    assert "--force" in message
    assert said("promote", "2", "--force", "it knows Ben")["forced"] is True
    assert services.registry.serving_id(0, RunKind.RECOGNISER) == 2


def test_a_version_of_other_data_is_refused_with_the_way_out(services: Services) -> None:
    add(services, 1, 0.7)
    add(services, 2, 0.9, data="cd" * 32)
    run("promote", "1")
    assert "--force" in refusal("promote", "2")


def test_a_rollback_is_said_and_kept(services: Services) -> None:
    add(services, 1, 0.77)
    add(services, 2, 0.88)
    run("promote", "1")
    run("promote", "2")
    back = said("rollback", "--reason", "it named a dog")
    assert (back["version"], back["rollback"], back["reason"]) == (1, True, "it named a dog")
    assert "needs no training answers now" in run("rollback")[1].stdout
    heading, *rows = run("history")[1].stdout.splitlines()
    assert heading.split() == ["SINCE", "VERSION", "HOW", "REASON"]
    assert [" ".join(row.split()[2:4]) for row in rows] == ["the method", "v1 rolled", "v2 promoted", "v1 promoted"]


def test_an_unknown_version_is_a_sentence(services: Services) -> None:
    for command in ("card", "promote"):
        assert "version" in refusal(command, "7")


def test_damaged_weights_are_a_sentence(services: Services) -> None:
    weights = add(services, 1, 0.77)
    (Path(services.settings.blobs) / weights[:2] / weights).write_bytes(b"tampered")
    assert "damaged" in refusal("promote", "1")


def test_a_reason_needs_words(services: Services) -> None:
    add(services, 1, 0.77)
    assert "reason" in refusal("promote", "1", "--force", " ")


def test_a_card_names_the_training_that_made_it(services: Services) -> None:
    Trained(services.database, services.registry, Clock()).version(0.9, guild=700)
    assert said("card", "1", "--guild", "700")["run"] == 1
    assert "by run 1\n" in run("card", "1", "--guild", "700")[1].stdout


def add_generator(services: Services, number: int, kid: float, *, data: str = "ab" * 32) -> None:
    card: dict[str, JSON] = {"dataset_title": "faces v1", "dataset_hash": data, "classes": [], "parts": []}
    card |= {"config": {"head": "dcgan", "preset": "light", "framing": "portrait"}}
    card |= {"metrics": {"kid": kid, "faces": 0.984, "diversity": 0.9, "novelty": 1.1, "kid_by_step": [[100, kid]]}}
    values = {"guild_id": 0, "kind": RunKind.DCGAN, "number": number, "architecture": "dcgan-light", "size": 9}
    values |= {"weights": services.blobs.put(b"faces"), "card": card, "created_by": 1, "created_at": NOW}
    with services.database.write() as connection:
        connection.execute(insert(versions).values(values))


def test_models_that_draw_are_listed_with_figures_of_their_own(services: Services) -> None:
    add_generator(services, 1, 0.0123)
    heading, row = run("list", "--kind", "dcgan")[1].stdout.splitlines()
    assert heading.split() == ["VERSION", "DATA", "KID", "(DLIB)", "WITH", "A", "FACE", "MADE"]
    assert row.split() == ["dcgan", "v1", "(dcgan", "light)", "faces", "v1", "0.0123", "98.4%", "2026-11-21"]
    (listed,) = said("list", "--kind", "dcgan")
    assert {name: listed[name] for name in ("kid", "faces", "diversity", "novelty", "accuracy")} == {
        "kid": 0.0123, "faces": 0.984, "diversity": 0.9, "novelty": 1.1, "accuracy": None,
    }  # fmt: skip
    card = run("card", "1", "--kind", "dcgan")[1].stdout
    assert all(words in card for words in ("kid ", "0.0123", "novelty", "framing portrait"))
    assert "people" not in card


def test_a_version_whose_faces_are_further_from_real_ones_is_refused(services: Services) -> None:
    add_generator(services, 1, 0.01)
    add_generator(services, 2, 0.02)
    assert said("promote", "1", "--kind", "dcgan")["kind"] == "dcgan"
    message = refusal("promote", "2", "--kind", "dcgan")
    assert "(KID (dlib) 0.0200) than the serving one's (0.0100)" in message
    assert "--force" in message


def test_what_ages_faces_is_listed_and_compared_by_the_years_that_it_misses(services: Services) -> None:
    for number, years in ((1, 8.46), (2, 9.2)):
        add(services, number, 0.0, kind=RunKind.CAAE, config={"head": "caae"}, age_error=years, identity_kept=0.95)
    lines = run("list", "--kind", "caae")[1].stdout.splitlines()
    assert lines[0].split()[-6:] == ["BESIDE", "THE", "AGE", "SAME", "PERSON", "MADE"]
    assert "8.46" in lines[2]
    assert "95.0%" in lines[2]
    assert said("list", "--kind", "caae")[1]["age_error"] == 8.46
    run("promote", "1", "--kind", "caae")
    assert "by 9.2 years, the serving one's by 8.5" in refusal("promote", "2", "--kind", "caae")


def test_without_a_promotion_the_newest_one_draws(services: Services) -> None:
    assert "omokage train vae" in run("list", "--kind", "vae")[1].stdout
    assert "the newest version answers" in run("history", "--kind", "vae")[1].stdout
    add_generator(services, 1, 0.01)
    run("promote", "1", "--kind", "dcgan")
    assert "The newest version answers now." in run("rollback", "--kind", "dcgan")[1].stdout
