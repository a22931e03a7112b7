"""The operator's settings, read from environment variables; docs/settings.md lists them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from core.domain.addresses import Address
from core.domain.storage_limits import GUILD_QUOTA, KEEP_DAYS, StorageLimits
from core.domain.training.costs import Price
from core.domain.workers import MAX_HOST_LENGTH

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_DATABASES = frozenset({"sqlite", "postgresql", "postgres", "postgresql+psycopg"})
_LOG_FORMATS = ("TEXT", "JSON")
_PRECISIONS = ("AUTO", "FLOAT32", "BFLOAT16")
_MAX_DIGITS = 5  # of days: more than a century; and of ports
_EC2_METADATA = "http://169.254.169.254"
_MAX_PORT = 65533  # the workers' are one and two higher
_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_SIZE = re.compile(r"(?P<number>\d{1,15}(\.\d{1,3})?) ?(?P<unit>B|[KMGT]B|)", re.ASCII | re.IGNORECASE)


class SettingsError(ValueError):
    """A variable has a value that cannot be right; the message says which and what would be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it; secrets do not show in its repr.

    `database_url` of SQLite is `sqlite:///` and a path that is taken to the letter, see `core.storage.database`.
    """

    data: Path
    database_url: str = field(repr=False)
    blobs: str
    broker_url: str = field(repr=False)
    token: str | None = field(repr=False, default=None)
    discord_api: str | None = None
    discord_gateway: str | None = None
    guilds: tuple[int, ...] = ()
    log_level: str = "INFO"
    log_format: str = "TEXT"
    metadata: str | None = None  # where this machine's cloud tells that it is to be taken away
    metrics: Address | None = None  # of the bot; a cpu worker listens one port higher, a gpu worker two
    price_per_hour: Price | None = None  # of a gpu worker
    host: str | None = None  # how workers call this host; None: as the system calls it
    precision: str = "AUTO"  # of trainings; AUTO: that in which the machine is fastest
    storage: StorageLimits = field(default_factory=StorageLimits)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read the environment; an empty variable counts as unset.

        Raises:
            SettingsError: a value cannot be right.
        """
        read = _Reader(environ)
        data = Path(read.text("OMOKAGE_DATA") or "data").expanduser().absolute()
        return cls(
            data=data,
            database_url=read.database("OMOKAGE_DATABASE") or f"sqlite:///{(data / 'omokage.db').as_posix()}",
            blobs=read.text("OMOKAGE_BLOBS") or str(data / "blobs"),
            broker_url=read.broker("OMOKAGE_BROKER") or "redis://127.0.0.1:6379/0",
            token=read.text("DISCORD_TOKEN"),
            discord_api=read.url("OMOKAGE_DISCORD_API", "http", "https"),
            discord_gateway=read.url("OMOKAGE_DISCORD_GATEWAY", "ws", "wss"),
            guilds=read.ids("OMOKAGE_GUILDS"),
            log_level=read.choice("OMOKAGE_LOG_LEVEL", _LEVELS, "INFO"),
            log_format=read.choice("OMOKAGE_LOG_FORMAT", _LOG_FORMATS, "TEXT"),
            metadata=read.metadata("OMOKAGE_METADATA"),
            metrics=read.address("OMOKAGE_METRICS"),
            price_per_hour=read.price("OMOKAGE_PRICE_PER_HOUR"),
            host=read.host("OMOKAGE_HOST"),
            precision=read.choice("OMOKAGE_PRECISION", _PRECISIONS, "AUTO"),
            storage=StorageLimits(
                keep_days=read.count("OMOKAGE_KEEP_DAYS", KEEP_DAYS),
                guild_quota=read.bytes("OMOKAGE_GUILD_QUOTA", GUILD_QUOTA),
            ),
        )


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str) -> str | None:
        """The variable, or the content of the file that NAME_FILE names (docker secrets)."""
        value, path = (self._environ.get(key, "").strip() for key in (name, f"{name}_FILE"))
        if value and path:
            raise SettingsError(f"{name} and {name}_FILE are both set; leave one out")
        return (value or (_content(name, path) if path else "")) or None

    def url(self, name: str, *schemes: str) -> str | None:
        value = self.text(name)
        if value is None:
            return None
        try:
            parts = urlsplit(value)
            _ = parts.port  # what is no number raises
        except ValueError:  # whose message has a part of the password in it
            raise SettingsError(
                f"{name} cannot be read; write @ : / [ ] of a password as %40 %3A %2F %5B %5D"
            ) from None
        if parts.scheme not in schemes:
            raise SettingsError(f"{name} must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        return value

    def broker(self, prefix: str) -> str | None:
        """Read NAME_URL, with the password of NAME_PASSWORD in it."""
        return self._with_password(prefix, self.url(f"{prefix}_URL", "redis", "rediss", "redis+socket"))

    def database(self, prefix: str) -> str | None:
        """Read NAME_URL, with the password of NAME_PASSWORD in it; the driver, psycopg, need not be named."""
        name = f"{prefix}_URL"
        value = self.text(name)
        scheme, colon, rest = (value or "").partition("://")
        if value is not None and (not colon or scheme not in _DATABASES or (scheme == "sqlite" and rest[:1] != "/")):
            raise SettingsError(f"{name} must begin with sqlite:/// or postgresql://")
        if value is not None and scheme != "sqlite":
            value = f"postgresql+psycopg://{rest}"
        return self._with_password(prefix, value)

    def _with_password(self, prefix: str, url: str | None) -> str | None:
        """Put a password, which may hold any character, into an address that has none."""
        name = f"{prefix}_PASSWORD"
        password = self.text(name)
        if password is None:
            return url
        parts = urlsplit(url or "")
        if not parts.hostname:
            raise SettingsError(f"{name} is set, so {prefix}_URL must be the address of a server")
        if parts.password is not None:
            raise SettingsError(f"{name} is set, but {prefix}_URL holds a password, too; leave one out")
        user, _, host = parts.netloc.rpartition("@")
        return urlunsplit(parts._replace(netloc=f"{user.rstrip(':')}:{quote(password, safe='')}@{host}"))

    def ids(self, name: str) -> tuple[int, ...]:
        words = (self.text(name) or "").replace(",", " ").split()
        if not all(word.isascii() and word.isdigit() for word in words):
            raise SettingsError(f"{name} must be Discord ids (numbers), with commas between them")
        return tuple(int(word) for word in words)

    def host(self, name: str) -> str | None:
        value = self.text(name)
        if value is not None and not (value.isprintable() and len(value) <= MAX_HOST_LENGTH):
            raise SettingsError(f"{name} must be a name of {MAX_HOST_LENGTH} characters at most")
        return value

    def price(self, name: str) -> Price | None:
        value = self.text(name)
        try:
            return None if value is None else Price.parse(value)
        except ValueError as error:
            raise SettingsError(f"{name}: {error}") from error

    def metadata(self, name: str) -> str | None:
        """Read `aws`, or the address of a service like that of EC2."""
        value = self.text(name)
        return _EC2_METADATA if value is not None and value.lower() == "aws" else self.url(name, "http", "https")

    def address(self, name: str) -> Address | None:
        """Read HOST:PORT, or a port of this machine alone."""
        value = self.text(name)
        if value is None:
            return None
        host, _, port = value.rpartition(":")
        if not (port.isascii() and port.isdigit() and len(port) <= _MAX_DIGITS and int(port) <= _MAX_PORT):
            raise SettingsError(f"{name} must be HOST:PORT or PORT, with a port of {_MAX_PORT} at most")
        return Address(host.removeprefix("[").removesuffix("]") or "127.0.0.1", int(port))

    def count(self, name: str, default: int) -> int:
        value = self.text(name)
        if value is None:
            return default
        if not (value.isascii() and value.isdigit() and len(value) <= _MAX_DIGITS):
            raise SettingsError(f"{name} must be a whole number, 0 or more")
        return int(value)

    def bytes(self, name: str, default: int) -> int:
        value = self.text(name)
        if value is None:
            return default
        match = _SIZE.fullmatch(value)
        if match is None:
            raise SettingsError(f"{name} must be a size such as 500MB or 2GB, or 0")
        return round(float(match["number"]) * _UNITS[match["unit"].upper()])

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = (self.text(name) or default).upper()
        if value not in choices:
            raise SettingsError(f"{name} must be one of {', '.join(choices)}")
        return value


def _content(name: str, path: str) -> str:
    try:
        return Path(path).read_text("utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{name}_FILE: cannot read {path}: {error.strerror}") from error
