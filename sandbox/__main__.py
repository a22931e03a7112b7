"""`python -m sandbox`: a sandbox by itself."""

from __future__ import annotations

import argparse
from pathlib import Path

from sandbox.config import SandboxConfig
from sandbox.main import run


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A Discord on loopback.")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--data", type=Path, help="folder for messages and files; kept in memory without it")
    parser.add_argument("--starter", type=Path, help="folder of ready-made pictures for the web chat")
    given = parser.parse_args()
    run(SandboxConfig(port=given.port, data_dir=given.data, starter_dir=given.starter))


if __name__ == "__main__":
    main()
