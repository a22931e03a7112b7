from __future__ import annotations

from pathlib import Path

from sandbox.world.store import Store


def test_documents_come_back_by_age_after_a_restart(tmp_path: Path) -> None:
    store = Store(tmp_path / "new")
    for key in ("10", "9", "11"):
        store.put("message", key, {"text": f"at http://old/{key}"})
    store.put("message", "9", {"text": "at http://old/changed"})
    store.put("command", "1", {})
    store.delete("message", "11")
    store.close()

    again = Store(tmp_path / "new")
    again.replace_text("http://old/", "http://new/")

    assert list(again.all("message")) == [
        ("9", {"text": "at http://new/changed"}),
        ("10", {"text": "at http://new/10"}),
    ]
    again.close()


def test_without_a_folder_nothing_is_written(tmp_path: Path) -> None:
    store = Store(None)
    store.put("message", "1", {})
    store.close()

    assert not list(tmp_path.iterdir())
