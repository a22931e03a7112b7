"""The ready-made pictures of the sandbox's web chat, which `omokage up` draws on its first start."""

from __future__ import annotations

from pathlib import Path

from portraits.fixtures import INDEX, STAMP, VERSION


def leave_undrawn(data: Path) -> None:
    """Let a new data folder look as if they were drawn: eight seconds of a core, for tests that attach their own."""
    folder = data / "starter"
    folder.mkdir(parents=True)
    (folder / INDEX).write_text("[]", "utf-8")
    (folder / STAMP).write_text(f"{VERSION} 2 True 512", "utf-8")
