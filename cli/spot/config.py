"""Settings of `omokage spot`: a TOML file in the user's configuration folder, over which options go."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from core.domain.spot.query import MAX_HOURS, PRODUCTS, Provider, SpotQuery
from core.domain.spot.regions import UnknownRegionError, resolve_regions

FILE_NAME = "spot.toml"
MAX_REFRESH_MINUTES = 24 * 60
_INSTANCE_TYPE = re.compile(r"[a-z0-9-]{1,30}\.[a-z0-9-]{1,30}")


class SpotConfigError(ValueError):
    """A value cannot be right; the text names it."""


@dataclass(frozen=True, slots=True)
class SpotConfig:
    """What to ask for, and how often.

    `machine` None means the provider's default; `auto_refresh` None: only when r is pressed. `url` replaces the
    address of the provider's API.
    """

    provider: Provider = Provider.AWS
    auto_refresh: timedelta | None = None
    machine: str | None = None
    # Where most GPUs are, and at the lowest prices more often than not; more regions are more lines than fit a screen.
    regions: tuple[str, ...] = field(default_factory=lambda: resolve_regions(["us"]))
    product: str = PRODUCTS[0]  # what all of Omokage's hosts run
    hours: int = 24  # prices change every few hours, and follow the hours of the day
    url: str | None = None

    def query(self) -> SpotQuery:
        """Return the question to the provider."""
        if self.provider is not Provider.AWS:
            return SpotQuery(self.machine, (self.provider,))
        # The cheapest instance with a GPU that TensorFlow still supports (T4, 16 GB).
        machine = self.machine or "g4dn.xlarge"
        return SpotQuery(machine, self.regions, self.product, timedelta(hours=self.hours))

    def with_value(self, key: str, value: Any) -> SpotConfig:
        """Return a copy with another value of one of the file's keys.

        Raises:
            SpotConfigError: the value cannot be right.
        """
        return replace(self, **{_FIELDS.get(key, key): _CHECKS[key](value)})


def default_path() -> Path:
    """Return where the file is, ~/.config/omokage/spot.toml on Linux."""
    return Path(click.get_app_dir("omokage")) / FILE_NAME


def load(path: Path, provider: str | None = None) -> SpotConfig:
    """Read the file, and of its tables the one of the provider, which `provider` may choose instead of the file.

    All tables are checked. A file that is not there is an empty one.

    Raises:
        SpotConfigError: with the name of the file and the key.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        content = {}
    except (OSError, ValueError) as error:
        raise SpotConfigError(f"{path}: {error}") from error
    tables = {name: content.pop(name, {}) for name in TABLE_KEYS}
    common = _apply(SpotConfig(), content, ("provider", "auto_refresh"), f"{path}: ")
    if provider is not None:
        common = common.with_value("provider", provider)
    configs = {}
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise SpotConfigError(f"{path}: {name} must be a table, [{name}]")
        configs[name] = _apply(replace(common, provider=Provider(name)), table, TABLE_KEYS[name], f"{path}: [{name}] ")
    return configs[common.provider]


def _apply(config: SpotConfig, values: Mapping[str, Any], keys: tuple[str, ...], where: str) -> SpotConfig:
    for key, value in values.items():
        if key not in keys:
            raise SpotConfigError(f"{where}there is no key {key!r}; there are {', '.join(keys)}")
        try:
            config = config.with_value(key, value)
            if key == "type" and config.provider is Provider.AWS:
                check_instance_type(value)
        except SpotConfigError as error:
            raise SpotConfigError(f"{where}{error}") from error
    return config


def check_instance_type(value: str) -> None:
    """Raise SpotConfigError unless a text is like EC2's instance types."""
    if not _INSTANCE_TYPE.fullmatch(value):
        raise SpotConfigError(f"type must be an instance type such as g4dn.xlarge, not {value!r}")


def _provider(value: Any) -> Provider:
    try:
        return Provider(value)
    except ValueError:
        raise SpotConfigError(f"provider must be {_list(Provider)}, not {value!r}") from None


def _minutes(value: Any) -> timedelta:
    # A minute at least: providers throttle who asks more often, and no price changes faster.
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SpotConfigError(f"auto_refresh must be minutes, not {value!r}")
    if not 1 <= value <= MAX_REFRESH_MINUTES:
        raise SpotConfigError(f"auto_refresh must be 1 to {MAX_REFRESH_MINUTES} minutes, not {value!r}")
    return timedelta(minutes=value)


def _regions(value: Any) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise SpotConfigError(f"regions must be names, not {value!r}")
    try:
        return resolve_regions(names)
    except UnknownRegionError as error:
        raise SpotConfigError(f"regions: {error}") from error


def _text(key: str, max_letters: int) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if not isinstance(value, str) or not 0 < len(value.strip()) <= max_letters:
            raise SpotConfigError(f"{key} must be a text of 1 to {max_letters} letters, not {value!r}")
        return value.strip()

    return check


def _product(value: Any) -> str:
    if value not in PRODUCTS:
        raise SpotConfigError(f"product must be {_list(PRODUCTS)}, not {value!r}")
    return str(value)


def _hours(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_HOURS:
        raise SpotConfigError(f"hours must be a whole number from 1 to {MAX_HOURS}, not {value!r}")
    return value


def _url(value: Any) -> str:
    if not isinstance(value, str) or not value.startswith(("https://", "http://")):
        raise SpotConfigError(f"url must begin with https:// or http://, not {value!r}")
    return value


def _list(names: Any) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}"


_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "provider": _provider,
    "auto_refresh": _minutes,
    "regions": _regions,
    "type": _text("type", 40),
    "product": _product,
    "hours": _hours,
    "url": _url,
}
_FIELDS = {"type": "machine"}
TABLE_KEYS: Mapping[str, tuple[str, ...]] = {
    Provider.AWS: ("regions", "type", "product", "hours", "url"),
    Provider.VAST: ("type", "url"),
    Provider.RUNPOD: ("type", "url"),
}
