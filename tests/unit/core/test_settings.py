from __future__ import annotations

from pathlib import Path

import kombu.utils.url
import pytest
import redis.connection

from core.domain.storage_limits import StorageLimits
from core.settings import Settings, SettingsError
from core.storage.database import database_address


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
            "OMOKAGE_HOST": "gpu-1",
            "OMOKAGE_PRECISION": "bfloat16",
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
        host="gpu-1",
        precision="BFLOAT16",
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
        ("OMOKAGE_DATABASE_URL", "sqlite://omokage.db", "sqlite:/// or postgresql://"),
        ("OMOKAGE_PRECISION", "float16", "AUTO, FLOAT32, BFLOAT16"),
        ("OMOKAGE_HOST", "h" * 64, "63 characters at most"),
        ("OMOKAGE_HOST", "a\x1b[2Jb", "63 characters at most"),
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


@pytest.mark.parametrize("password", ["p@ss/wo%rd$", "a:b#c?d", "%41", "パス ワード", "&=+;\"'"])
def test_a_password_of_its_own_variable_may_hold_any_character(password: str, tmp_path: Path) -> None:
    # Given a password in a variable and another in a file
    (tmp_path / "secret").write_text(password, "utf-8")
    # When the addresses are made
    settings = Settings.from_env(
        {
            "OMOKAGE_DATABASE_URL": "postgresql://omokage@postgres:5433/omokage?sslmode=require",
            "OMOKAGE_DATABASE_PASSWORD": password,
            "OMOKAGE_BROKER_URL": "rediss://redis:6380/1",
            "OMOKAGE_BROKER_PASSWORD_FILE": str(tmp_path / "secret"),
        }
    )
    # Then the libraries that connect read the same password, user, host and port in them
    database = database_address(settings.database_url)
    assert (database.username, database.password, database.host, database.port) == (
        "omokage",
        password,
        "postgres",
        5433,
    )
    assert database.query == {"sslmode": "require"}
    assert redis.connection.parse_url(settings.broker_url)["password"] == password
    assert kombu.utils.url.url_to_parts(settings.broker_url).password == password
    assert password not in repr(settings)


@pytest.mark.parametrize(
    ("environ", "advice"),
    [
        ({"OMOKAGE_DATABASE_PASSWORD": "x"}, "OMOKAGE_DATABASE_URL must be the address of a server"),
        ({"OMOKAGE_DATABASE_PASSWORD": "x", "OMOKAGE_DATABASE_URL": "sqlite:////tmp/a.db"}, "the address of a server"),
        ({"OMOKAGE_BROKER_PASSWORD": "x", "OMOKAGE_BROKER_URL": "redis+socket:///run/a"}, "the address of a server"),
        ({"OMOKAGE_BROKER_PASSWORD": "x", "OMOKAGE_BROKER_URL": "redis://:y@redis"}, "holds a password, too"),
    ],
)
def test_a_password_that_belongs_to_no_address_or_is_there_twice_is_refused(
    environ: dict[str, str], advice: str
) -> None:
    with pytest.raises(SettingsError, match=advice):
        Settings.from_env(environ)


@pytest.mark.parametrize(("text", "size"), [("0", 0), ("500", 500), ("500MB", 500_000_000), ("2 gb", 2_000_000_000)])
def test_a_quota_is_a_size(text: str, size: int) -> None:
    assert Settings.from_env({"OMOKAGE_GUILD_QUOTA": text}).storage.guild_quota == size


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("9464", "127.0.0.1:9464"),
        ("0.0.0.0:9464", "0.0.0.0:9464"),
        ("[::]:9464", "[::]:9464"),
        ("localhost:0", "localhost:0"),
    ],
)
def test_figures_are_served_at_an_address(text: str, address: str) -> None:
    settings = Settings.from_env({"OMOKAGE_METRICS": text})
    assert str(settings.metrics) == address


@pytest.mark.parametrize("text", ["localhost", "localhost:", "65534", ":-1", "1.2.3.4:http", "9464 9465"])
def test_an_address_without_a_port_that_workers_can_follow_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="OMOKAGE_METRICS must be HOST:PORT or PORT"):
        Settings.from_env({"OMOKAGE_METRICS": text})
