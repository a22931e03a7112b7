"""The bot's process stays small."""

from __future__ import annotations

import subprocess
import sys

_LOOK = """
import sys
import bot.main, worker.queue, worker.events
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_the_bot_loads_nothing_heavy() -> None:
    result = subprocess.run([sys.executable, "-c", _LOOK], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(result.stdout.split())

    assert {"bot", "discord", "celery"} <= loaded
    assert not loaded & {"tensorflow", "keras", "numpy", "PIL", "onnxruntime", "scipy", "matplotlib", "nacl"}
