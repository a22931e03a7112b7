from __future__ import annotations

from pathlib import Path

import pytest

from core.domain.storage_limits import StorageLimits
from core.settings import Settings, SettingsError


def test_without_any_variable_all_is_in_one_folder() -> None:
    settings = Settings.from_env({})
    data = Path.cwd() / "data"
    assert settings == Settings(
        data=data,
        database_url=f"sqlite:///{data}/omokage.db",
        blobs=str(data / "blobs"),
        broker_url="redis://127.0.0.1:6379/0",
    )


def test_everything_can_be_set(tmp_path: Path) -> None:
    settings = Settings.from_env(
        {
            "OMOKAGE_DATA": str(tmp_path),
            "OMOKAGE_DATABASE_URL": "postgresql://me:secret@db/omokage",
            "OMOKAGE_BLOBS": "s3://bucket/prefix",
            "OMOKAGE_BROKER_URL": "rediss://:secret@broker:6380/1",
            "DISCORD_TOKEN": "secret-token",
            "OMOKAGE_DISCORD_API": "http://127.0.0.1:8000/api/v10",
            "OMOKAGE_DISCORD_GATEWAY": "ws://127.0.0.1:8000/gateway",
            "OMOKAGE_GUILDS": "123, 456 789",
            "OMOKAGE_LOG_LEVEL": "debug",
            "OMOKAGE_KEEP_DAYS": "7",
            "OMOKAGE_GUILD_QUOTA": "1.5 GB",
        }
    )
    assert settings == Settings(
        data=tmp_path,
        database_url="postgresql+psycopg://me:secret@db/omokage",
        blobs="s3://bucket/prefix",
        broker_url="rediss://:secret@broker:6380/1",
        token="secret-token",
        discord_api="http://127.0.0.1:8000/api/v10",
        discord_gateway="ws://127.0.0.1:8000/gateway",
        guilds=(123, 456, 789),
        log_level="DEBUG",
        storage=StorageLimits(keep_days=7, guild_quota=1_500_000_000),
    )
    assert "secret" not in repr(settings)


def test_an_empty_variable_counts_as_unset() -> None:
    assert Settings.from_env(
        {"DISCORD_TOKEN": " ", "OMOKAGE_DISCORD_API": "", "OMOKAGE_DATA": ""}
    ) == Settings.from_env({})


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("OMOKAGE_BROKER_URL", "redis://:pa/ss@broker:6379/0", "%2F"),
        ("OMOKAGE_BROKER_URL", "redis://:p]ss@broker:6379/0", "%5D"),
        ("OMOKAGE_KEEP_DAYS", "-1", "a whole number"),
        ("OMOKAGE_KEEP_DAYS", "for ever", "a whole number"),
        ("OMOKAGE_KEEP_DAYS", "9" * 30, "a whole number"),
        ("OMOKAGE_GUILD_QUOTA", "lots", "500MB or 2GB"),
        ("OMOKAGE_GUILD_QUOTA", "-2GB", "500MB or 2GB"),
        ("OMOKAGE_DATABASE_URL", "mysql://db", "sqlite:/// or postgresql://"),
        ("OMOKAGE_DATABASE_URL", "omokage.db", "sqlite:/// or postgresql://"),
        ("OMOKAGE_BROKER_URL", "amqp://broker", "redis:// or rediss:// or redis+socket://"),
        ("OMOKAGE_DISCORD_API", "127.0.0.1:8000", "http:// or https://"),
        ("OMOKAGE_DISCORD_GATEWAY", "http://127.0.0.1", "ws:// or wss://"),
        ("OMOKAGE_GUILDS", "123,my guild", "Discord ids"),
        ("OMOKAGE_GUILDS", "-1", "Discord ids"),
        ("OMOKAGE_LOG_LEVEL", "LOUD", "DEBUG, INFO, WARNING, ERROR"),
    ],
)
def test_a_value_that_cannot_be_right_is_refused_with_its_name_and_not_its_content(
    name: str, value: str, advice: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({name: value})
    assert name in str(caught.value)
    assert advice in str(caught.value)
    assert value not in str(caught.value)


def test_a_secret_may_be_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret-token\n")
    assert Settings.from_env({"DISCORD_TOKEN_FILE": str(tmp_path / "token")}).token == "secret-token"


def test_a_secret_in_two_places_or_in_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("a")
    with pytest.raises(SettingsError, match="both set"):
        Settings.from_env({"DISCORD_TOKEN": "b", "DISCORD_TOKEN_FILE": str(tmp_path / "token")})
    with pytest.raises(SettingsError, match="cannot read"):
        Settings.from_env({"DISCORD_TOKEN_FILE": str(tmp_path / "none")})


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_the_installed_driver_is_taken_for_postgresql(scheme: str) -> None:
    settings = Settings.from_env({"OMOKAGE_DATABASE_URL": f"{scheme}://db/omokage?sslmode=require"})
    assert settings.database_url == "postgresql+psycopg://db/omokage?sslmode=require"


@pytest.mark.parametrize(("text", "size"), [("0", 0), ("500", 500), ("500MB", 500_000_000), ("2 gb", 2_000_000_000)])
def test_a_quota_is_a_size(text: str, size: int) -> None:
    assert Settings.from_env({"OMOKAGE_GUILD_QUOTA": text}).storage.guild_quota == size
