"""The bot's process stays under 150 MB because of what it does not import."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.databases import new_database

HEAVY = ("numpy", "PIL", "tensorflow", "keras", "alembic", "onnxruntime", "scipy", "sqlalchemy.orm")
SCRIPT = """
import json, sys
from pathlib import Path
import core.domain.classification, core.domain.fairness, core.domain.guilds
import core.services.jobs.service, core.services.people.service, core.services.guilds
import core.services.generation.generator_lookup, core.services.ageing.ager_lookup
import core.services.attack.targets, core.domain.optimisation
from core.domain.errors import OmokageError
from core.bootstrap import build
from core.settings import Settings

settings = Settings.from_env({"OMOKAGE_DATA": sys.argv[1]})
services = build(settings, lambda *_: None)
services.jobs.newest(1, None)
services.people.list(1)
core.services.generation.generator_lookup.list_models(services.registry, 1)
core.services.ageing.ager_lookup.list_agers(services.registry, 1)
try:
    core.services.attack.targets.find_target(services.registry, services.people, 1, "Anna")
except OmokageError as error:
    assert error.code == "not-trained"
services.blobs.put(b"photo")
services.close()
print(json.dumps(sorted(sys.modules)))
"""


def loaded(data: Path) -> set[str]:
    script = [sys.executable, "-c", SCRIPT, str(data)]
    root = Path(__file__).parents[3]
    return set(json.loads(subprocess.run(script, cwd=root, check=True, capture_output=True, text=True).stdout))


def test_the_bots_side_of_the_core_loads_nothing_heavy(tmp_path: Path) -> None:
    new_database(tmp_path / "omokage.db").close()  # only a start that migrates loads Alembic
    modules = loaded(tmp_path)
    assert {name for name in HEAVY if name in modules} == set()
