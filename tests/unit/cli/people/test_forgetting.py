"""`omokage people forget` and `receipts`, in a shell."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.cli.people.test_changes import enrol, folder, names, refused, run, said

__all__ = ["folder"]  # a fixture that is used by itself


def test_somebody_is_forgotten_and_a_receipt_is_left(folder: Path) -> None:
    enrol("Anna", "Ben")
    status, result = run("people", "forget", "anna", "--yes")
    assert status == 0
    first, last = result.stdout.splitlines()
    assert first == "Anna is forgotten: faces 1, photos 1, labels 1."
    (receipt,) = said("people", "receipts")
    assert last == f"receipt {receipt['receipt']}"
    assert (receipt["kind"], receipt["asked_by"], receipt["heads"], receipt["counts"]["faces"]) == ("person", 0, [], 1)
    assert receipt["finished"] is not None
    assert "Anna" not in run("people", "receipts")[1].stdout
    assert names() == ["Ben"]


def test_another_guilds_people_and_receipts_are_left_alone() -> None:
    enrol("Anna")
    enrol("Anna", guild=5)
    assert said("people", "forget", "Anna", "--guild", "5", "--yes")["withdrawn_versions"] == []
    assert (names(), names(5)) == (["Anna"], [])
    assert said("people", "receipts") == []
    assert run("people", "receipts")[1].stdout == "Nobody was forgotten yet.\n"


@pytest.mark.parametrize(("arguments", "status"), [(("Zo\u00eb", "--yes"), 1), (("Anna",), 2)])
def test_nobody_is_forgotten_by_mistake(arguments: tuple[str, ...], status: int) -> None:
    enrol("Anna")
    assert refused("people", "forget", *arguments)[0] == status
    assert names() == ["Anna"]
    assert said("people", "receipts") == []
