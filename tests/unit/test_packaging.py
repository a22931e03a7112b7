"""What a new machine installs and what a host runs: lock files, compose file, images."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from prometheus_client import REGISTRY

from core.metrics import definitions  # noqa: F401 - it registers the figures
from core.services.jobs.service import JobService
from core.services.monitoring import StateCollector
from core.storage.database import Database
from core.storage.schema import migrate

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "lock").glob("*.txt"))
MONITORING = ROOT / "deploy" / "monitoring"

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def compose() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def pinned(lock: Path) -> set[str]:
    return {match[1] for match in re.finditer(r"^([a-z0-9][a-z0-9.-]*)==", lock.read_text(), re.MULTILINE)}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_file_pins_with_hashes_and_names_no_index(lock: Path):
    text = lock.read_text()
    assert "://" not in text
    assert not re.search(r"^\s*--(extra-)?index|^\s*--find-links", text, re.MULTILINE)
    requirements = re.split(r"\n(?=\S)", text.strip())
    assert len(requirements) > 20
    assert all("==" in requirement and "--hash=sha256:" in requirement for requirement in requirements)


@pytest.mark.parametrize(
    ("lock", "extras"),
    [
        ("bot", ["postgres", "s3"]),
        ("worker", ["vision", "postgres", "s3"]),
        ("worker-gpu", ["vision", "postgres", "s3"]),
        ("dev", ["vision", "dev"]),
    ],
)
def test_every_dependency_is_in_its_lock_file(lock: str, extras: list[str]):
    expected = PROJECT["dependencies"] + [d for extra in extras for d in PROJECT["optional-dependencies"][extra]]
    names = {re.match(r"[A-Za-z0-9._-]+", line)[0].lower().replace(".", "-").replace("_", "-") for line in expected}
    missing = names - {"omokage"} - pinned(ROOT / "lock" / f"{lock}.txt")
    assert not missing, f"run `make lock`: {missing}"


def test_the_bot_host_needs_no_tensorflow():
    heavy = {"tensorflow", "tensorflow-cpu", "keras", "numpy", "onnxruntime"}
    assert not heavy & pinned(ROOT / "lock" / "bot.txt")


def test_only_what_must_be_is_published_and_every_service_is_watched():
    services = compose()["services"]
    assert {"bot", "worker-cpu", "worker-gpu", "redis", "postgres", "prometheus", "grafana"} == set(services)
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert published == {"grafana": ["127.0.0.1:3000:3000"]}
    dockerfile = (ROOT / "Dockerfile").read_text()
    for name, service in services.items():
        target = service.get("build", {}).get("target")
        watched = "healthcheck" in service or "HEALTHCHECK" in dockerfile.split(f"AS {target}\n")[1].split("FROM ")[0]
        assert watched, name


def test_the_broker_has_a_password_and_never_evicts():
    redis = compose()["services"]["redis"]
    command = " ".join(redis["command"])
    assert "--requirepass" in command
    assert "noeviction" in command
    assert "/run/secrets/redis_password" in command
    assert redis["user"] == "redis"
    assert redis["cap_drop"] == ["ALL"]


def test_a_service_has_the_secrets_that_it_needs_as_files_and_none_in_its_environment():
    services = compose()["services"]
    assert {name: set(service["secrets"]) for name, service in services.items() if "secrets" in service} == {
        "bot": {"discord_token", "redis_password", "postgres_password"},
        "worker-cpu": {"redis_password", "postgres_password"},
        "worker-gpu": {"redis_password", "postgres_password"},
        "redis": {"redis_password"},
        "postgres": {"postgres_password"},
        "grafana": {"grafana_password"},
    }
    assert set(compose()["secrets"]) == {"discord_token", "redis_password", "postgres_password", "grafana_password"}
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            assert "PASSWORD" not in name or value.startswith("/run/secrets/"), name
            assert "TOKEN" not in name or name.startswith("AWS_") or value.startswith("/run/secrets/"), name


def test_the_database_is_healthy_once_it_answers_by_tcp():
    [_, command] = compose()["services"]["postgres"]["healthcheck"]["test"]
    assert "pg_isready -h 127.0.0.1" in command


def test_every_setting_reaches_the_containers():
    listed = set(re.findall(r"^\| `([A-Z_]+)` ", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))
    given = {name.removesuffix("_FILE") for name in compose()["services"]["bot"]["environment"]}
    assert listed - given == {"OMOKAGE_DATA"}  # which the images set
    only_the_bots = {"DISCORD_TOKEN", "OMOKAGE_DISCORD_API", "OMOKAGE_DISCORD_GATEWAY", "OMOKAGE_GUILDS"}
    for worker in ("worker-cpu", "worker-gpu"):
        given_to_worker = {name.removesuffix("_FILE") for name in compose()["services"][worker]["environment"]}
        assert given - given_to_worker == only_the_bots


def test_the_gpu_worker_is_asked_for_and_reserves_a_card():
    worker = compose()["services"]["worker-gpu"]
    assert worker["profiles"] == ["gpu"]
    [device] = worker["deploy"]["resources"]["reservations"]["devices"]
    assert (device["driver"], device["capabilities"]) == ("nvidia", ["gpu"])


def test_the_env_example_names_every_variable_the_compose_file_reads():
    text = (ROOT / "docker-compose.yml").read_text()
    wanted = set(re.findall(r"(?<!\$)\$\{([A-Z0-9_]+)|\{environment: ([A-Z_]+)\}", text))
    wanted = {first or second for first, second in wanted}
    for service in compose()["services"].values():
        wanted |= {name for name, value in service.get("environment", {}).items() if value is None}
    offered = set(re.findall(r"^#?([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert wanted == offered


def test_prometheus_reads_each_part_at_its_own_port():
    assert compose()["services"]["bot"]["environment"]["OMOKAGE_METRICS"] == "${OMOKAGE_METRICS:-0.0.0.0:9464}"
    [job] = yaml.safe_load((MONITORING / "prometheus.yml").read_text())["scrape_configs"]
    targets = [target for config in job["static_configs"] for target in config["targets"]]
    assert targets == ["bot:9464", "worker-cpu:9465", "worker-gpu:9466"]
    assert {target.partition(":")[0] for target in targets} <= compose()["services"].keys()


def test_alerts_dashboard_and_documents_speak_of_the_figures_that_there_are(tmp_path: Path):
    database = Database(f"sqlite:///{tmp_path / 'omokage.db'}")
    migrate(database)
    state = StateCollector(database, JobService(database, lambda *_: None))
    families = {family.name for family in (*REGISTRY.collect(), *state.collect())}
    database.close()
    families = {name for name in families if name.startswith("omokage_")}

    rules = yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"][0]["rules"]
    dashboard = json.loads((MONITORING / "grafana" / "dashboards" / "omokage.json").read_text())
    expressions = [rule["expr"] for rule in rules]
    expressions += [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    read = set(re.findall(r"omokage_[a-z_]+", " ".join(expressions)))
    assert {re.sub(r"_(bucket|sum|count|total)$", "", name) for name in read} == families
    text = (ROOT / "docs" / "monitoring.md").read_text()
    assert set(re.findall(r"^\| `(omokage_[a-z_]+?)(?:_total)?(?:\{|`)", text, re.MULTILINE)) == families


def test_every_python_the_project_claims_is_accepted_by_make():
    assert PROJECT["requires-python"] == ">=3.11,<3.14"
    assert "(3, 11) <= sys.version_info < (3, 14)" in (ROOT / "Makefile").read_text()


DEPLOY = ROOT / "deploy"


def manifests() -> dict[str, list[dict]]:
    return {path.name: list(yaml.safe_load_all(path.read_text())) for path in (DEPLOY / "kubernetes").glob("*.yaml")}


def test_the_cluster_starts_each_part_as_the_image_does_and_only_the_bot_has_the_token():
    dockerfile = (ROOT / "Dockerfile").read_text()
    for name, target in (("bot", "bot"), ("worker-cpu", "worker"), ("worker-gpu", "worker-gpu")):
        [deployment] = manifests()[f"{name}.yaml"]
        [container] = deployment["spec"]["template"]["spec"]["containers"]
        assert container["image"] == f"omokage-{target}"
        assert f"CMD {json.dumps(container['args'])}" in dockerfile.split(f"AS {target}\n")[1].split("FROM ")[0]
        assert ("DISCORD_TOKEN" in json.dumps(container)) is (name == "bot")


def test_the_cluster_watches_each_part_at_the_port_of_its_figures():
    metrics = manifests()["kustomization.yaml"][0]["configMapGenerator"][0]["literals"]
    assert "OMOKAGE_METRICS=0.0.0.0:9464" in metrics
    for name, port in (("bot", 9464), ("worker-cpu", 9465), ("worker-gpu", 9466)):
        [deployment] = manifests()[f"{name}.yaml"]
        [container] = deployment["spec"]["template"]["spec"]["containers"]
        assert container["ports"] == [{"name": "metrics", "containerPort": port}]
        assert container["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": "metrics"}
        assert deployment["spec"]["template"]["metadata"]["annotations"]["prometheus.io/port"] == str(port)


def test_the_cluster_is_scaled_by_figures_that_there_are():
    text = (ROOT / "docs" / "monitoring.md").read_text()
    for scaled in manifests()["scaling.yaml"]:
        [trigger] = scaled["spec"]["triggers"]
        queue = scaled["metadata"]["name"].removeprefix("worker-")
        names = re.findall(r"(omokage_[a-z_]+)\{queue=\"(\w+)\"", trigger["metadata"]["query"])
        assert {found for _, found in names} == {queue}
        assert all(f"`{name}{{" in text for name, _ in names)
        assert f"{scaled['spec']['scaleTargetRef']['name']}.yaml" in manifests()


def test_recipes_set_variables_that_there_are():
    listed = set(re.findall(r"^\| `([A-Z_]+)` ", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))
    texts = [path.read_text() for path in DEPLOY.rglob("*.y*ml")]
    used = {name for text in texts for name in re.findall(r"\bOMOKAGE_[A-Z_]+\b", text)}
    assert used
    assert used <= listed
    sky = yaml.safe_load((DEPLOY / "skypilot.yaml").read_text())
    dstack = yaml.safe_load((DEPLOY / "worker.dstack.yml").read_text())
    assert sky["run"].strip() == dstack["commands"][0] == "exec omokage worker --queue gpu"
