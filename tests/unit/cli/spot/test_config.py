"""spot.toml: what it may hold, and which mistake is named how."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from cli.spot.config import SpotConfig, SpotConfigError, default_path, load
from core.domain.spot.query import SpotQuery
from core.domain.spot.regions import DEFAULT_REGIONS

FULL = """
provider = "vast"
auto_refresh = 5

[aws]
regions = ["eu", "us-east-1"]
type = "g5.xlarge"
product = "Windows"
hours = 48
url = "http://127.0.0.1:4566"

[vast]
type = "RTX 4090"

[runpod]
url = "https://api.example.org/graphql"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "spot.toml"
    path.write_text(text, "utf-8")
    return path


def test_without_a_file_there_are_defaults(tmp_path: Path):
    config = load(tmp_path / "spot.toml")
    assert config == SpotConfig()
    us = tuple(region for region in DEFAULT_REGIONS if region.startswith("us-"))
    assert config.query() == SpotQuery("g4dn.xlarge", us, "Linux/UNIX", timedelta(hours=24))


def test_each_provider_has_its_table_and_the_option_chooses_before_the_file(tmp_path: Path):
    path = write(tmp_path, FULL)
    assert load(path).query() == SpotQuery("RTX 4090", ("vast",))
    assert load(path).auto_refresh == timedelta(minutes=5)
    aws = load(path, "aws")
    assert aws.query().machine == "g5.xlarge"
    assert aws.query().regions[-2:] == ("eu-west-3", "us-east-1")
    assert (aws.product, aws.hours, aws.url) == ("Windows", 48, "http://127.0.0.1:4566")
    assert load(path, "runpod").query() == SpotQuery(None, ("runpod",))
    assert load(path, "runpod").url == "https://api.example.org/graphql"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("colour = 1", "there is no key 'colour'; there are provider, auto_refresh"),
        ("[aws]\nregion = 1", "[aws] there is no key 'region'; there are regions, type, product, hours, url"),
        ("[vast]\nregions = 'us'", "[vast] there is no key 'regions'; there are type, url"),
        ("aws = 3", "aws must be a table, [aws]"),
        ("provider = 'gcp'", "provider must be aws, vast or runpod, not 'gcp'"),
        ("auto_refresh = 0.5", "auto_refresh must be 1 to 1440 minutes, not 0.5"),
        ("auto_refresh = nan", "auto_refresh must be minutes, not nan"),
        ("auto_refresh = true", "auto_refresh must be minutes, not True"),
        ("[aws]\nregions = ['us', 4]", "[aws] regions must be names, not ['us', 4]"),
        ("[aws]\nregions = 'moon'", "[aws] regions: there is no region 'moon'"),
        ("[aws]\nhours = 2161", "[aws] hours must be a whole number from 1 to 2160, not 2161"),
        ("[aws]\nhours = 1.5", "[aws] hours must be a whole number from 1 to 2160, not 1.5"),
        ("[aws]\nproduct = 'Solaris'", "[aws] product must be Linux/UNIX, Red Hat Enterprise Linux"),
        ("[aws]\ntype = 'RTX 4090'", "[aws] type must be an instance type such as g4dn.xlarge, not 'RTX 4090'"),
        ("[aws]\ntype = 4", "[aws] type must be a text of 1 to 40 letters, not 4"),
        ("[vast]\nurl = 'file:///etc/passwd'", "[vast] url must begin with https:// or http://"),
        ("provider = ", "Invalid value"),
    ],
)
def test_a_mistake_is_named_with_file_and_key_whichever_provider_is_asked(tmp_path: Path, text: str, sentence: str):
    path = write(tmp_path, text)
    with pytest.raises(SpotConfigError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert sentence in str(caught.value)


def test_a_file_that_is_no_text_is_a_mistake_too(tmp_path: Path):
    path = tmp_path / "spot.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(SpotConfigError):
        load(path)


def test_the_file_is_in_the_users_configuration_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert default_path() == tmp_path / "omokage" / "spot.toml"
