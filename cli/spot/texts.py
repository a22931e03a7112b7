"""Sentences about what could not be fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.domain.spot.query import FailureReason, Provider, RegionFailure

_TEXTS: Mapping[FailureReason, str] = {
    FailureReason.NO_CREDENTIALS: "there are no credentials",
    FailureReason.BAD_CREDENTIALS: "the credentials are refused",
    FailureReason.NOT_ALLOWED: "the account may not do that",
    FailureReason.REGION_DISABLED: "not switched on in this account",
    FailureReason.THROTTLED: "too many questions; press r in a minute",
    FailureReason.TIMED_OUT: "no answer in time",
    FailureReason.UNREACHABLE: "cannot be reached",
    FailureReason.UNKNOWN_MACHINE: "no machine of that name",
    FailureReason.NO_PRICES: "the machine is not offered",
    FailureReason.TOO_LARGE: "the answer is too large; ask for fewer hours",
    FailureReason.BAD_ANSWER: "the answer cannot be used",
}
_TEXTS_OF_AWS: Mapping[FailureReason, str] = {
    FailureReason.NO_CREDENTIALS: "no AWS credentials; aws configure, or AWS_ACCESS_KEY_ID",
    FailureReason.BAD_CREDENTIALS: "AWS refuses the credentials; or the region is not switched on",
    FailureReason.NOT_ALLOWED: "the account lacks the permission ec2:DescribeSpotPriceHistory",
}
_TEXTS_OF_OTHERS: Mapping[FailureReason, str] = {
    FailureReason.NO_CREDENTIALS: "a key is asked for; set {provider}_API_KEY",
    FailureReason.BAD_CREDENTIALS: "the key in {provider}_API_KEY is refused",
}
_MAX_NAMED = 4  # regions of a sentence: what fits beside it in 80 columns


def failure_texts(failures: Sequence[RegionFailure], provider: Provider, region_count: int) -> list[str]:
    """Return a sentence without a full stop for each reason, the faults first, then where nothing is offered."""
    groups: dict[str, list[str]] = {}
    for failure in sorted(failures, key=lambda failure: failure.reason is FailureReason.NO_PRICES):
        groups.setdefault(_reason_text(failure, provider), []).append(failure.region)
    return [f"{_name_regions(regions, region_count)}: {text}" for text, regions in groups.items()]


def _reason_text(failure: RegionFailure, provider: Provider) -> str:
    special = _TEXTS_OF_AWS if provider is Provider.AWS else _TEXTS_OF_OTHERS
    text = special.get(failure.reason, _TEXTS[failure.reason]).format(provider=provider.upper())
    worth_reading = failure.reason in {FailureReason.BAD_ANSWER, FailureReason.UNREACHABLE}
    return f"{text} ({failure.detail})" if failure.detail and worth_reading else text


def _name_regions(regions: Sequence[str], region_count: int) -> str:
    if len(regions) == region_count and region_count > 1:
        return f"all {region_count} regions"
    named = ", ".join(regions[:_MAX_NAMED])
    return f"{named} and {len(regions) - _MAX_NAMED} more" if len(regions) > _MAX_NAMED else named
