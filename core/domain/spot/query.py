"""What prices are asked for, and why a region may give none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from core.domain.spot.prices import PricePoint


class Provider(StrEnum):
    """Who rents the machines out."""

    AWS = "aws"
    VAST = "vast"
    RUNPOD = "runpod"


PRODUCTS = ("Linux/UNIX", "Red Hat Enterprise Linux", "SUSE Linux", "Windows")  # as EC2 spells them
MAX_HOURS = 90 * 24  # EC2 keeps the prices of 90 days


@dataclass(frozen=True, slots=True)
class SpotQuery:
    """Which machines' prices are asked for.

    `machine` is an instance type of EC2 such as "g4dn.xlarge", or a GPU's name such as "RTX 4090"; None means all
    GPUs, for which only providers other than AWS can be asked. Those have no regions: `regions` holds their own name.
    Only AWS has products. `history` is what is fetched, or, where a provider tells the present price alone, kept.
    """

    machine: str | None
    regions: tuple[str, ...]
    product: str = "Linux/UNIX"
    history: timedelta = timedelta(hours=24)


class FailureReason(StrEnum):
    """Why a region gave no prices."""

    NO_CREDENTIALS = "no-credentials"
    BAD_CREDENTIALS = "bad-credentials"
    NOT_ALLOWED = "not-allowed"
    REGION_DISABLED = "region-disabled"
    THROTTLED = "throttled"
    TIMED_OUT = "timed-out"
    UNREACHABLE = "unreachable"
    UNKNOWN_MACHINE = "unknown-machine"
    NO_PRICES = "no-prices"  # not a fault: the machine is not offered there
    TOO_LARGE = "too-large"
    BAD_ANSWER = "bad-answer"


@dataclass(frozen=True, slots=True)
class RegionFailure:
    """A region that gave no prices; `detail` is the provider's own word for it, not to be trusted."""

    region: str
    reason: FailureReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RegionPrices:
    """What a provider answered for a region at `fetched_at` (aware UTC): the prices of each zone by its name."""

    region: str
    fetched_at: datetime
    zones: Mapping[str, tuple[PricePoint, ...]]


RegionResult: TypeAlias = RegionPrices | RegionFailure
