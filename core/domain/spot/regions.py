"""Names of Amazon's regions, and short names for several of them."""

from __future__ import annotations

from collections.abc import Iterable

# Those that every account has without asking. A region that must be switched on first is asked only where it is
# named: for most accounts it would be nothing but an error on the screen.
DEFAULT_REGIONS = (
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "sa-east-1",
)
OPT_IN_REGIONS = (
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
)
ALIASES = {
    prefix: tuple(region for region in DEFAULT_REGIONS if region.startswith(f"{prefix}-"))
    for prefix in ("us", "eu", "ap", "sa")
} | {"all": DEFAULT_REGIONS}


class UnknownRegionError(ValueError):
    """A name is neither a region nor an alias."""


def resolve_regions(names: Iterable[str]) -> tuple[str, ...]:
    """Return the regions that names and aliases stand for, each once, in the order in which they are named.

    A name may be several with commas between them; case and spaces around do not matter.

    Raises:
        UnknownRegionError: a name is unknown, or there is none.
    """
    regions: dict[str, None] = {}
    for name in (part.strip().lower() for names_of_one in names for part in names_of_one.split(",")):
        if not name:
            continue
        if name not in ALIASES and name not in DEFAULT_REGIONS and name not in OPT_IN_REGIONS:
            aliases = ", ".join(ALIASES)
            raise UnknownRegionError(f"there is no region {name!r}; use a name such as eu-central-1, or {aliases}")
        regions.update(dict.fromkeys(ALIASES.get(name, (name,))))
    if not regions:
        raise UnknownRegionError("no region is named")
    return tuple(regions)
