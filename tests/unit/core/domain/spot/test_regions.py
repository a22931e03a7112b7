"""Names of regions, and short names for several."""

from __future__ import annotations

import botocore.session
import pytest

from core.domain.spot.regions import DEFAULT_REGIONS, OPT_IN_REGIONS, UnknownRegionError, resolve_regions


def test_all_are_the_seventeen_regions_of_every_account():
    assert resolve_regions(["all"]) == DEFAULT_REGIONS
    assert len(set(DEFAULT_REGIONS)) == 17


def test_every_region_is_known_to_botocore():
    known = botocore.session.Session().get_available_regions("ec2")
    assert set(DEFAULT_REGIONS + OPT_IN_REGIONS) <= set(known)


@pytest.mark.parametrize(
    ("names", "regions"),
    [
        (["us"], ("us-east-1", "us-east-2", "us-west-1", "us-west-2")),
        (["sa"], ("sa-east-1",)),
        (["sa, EU-west-1", "sa-east-1,"], ("sa-east-1", "eu-west-1")),
        (["me-central-1"], ("me-central-1",)),
    ],
)
def test_names_and_aliases_give_each_region_once_and_in_order(names: list[str], regions: tuple[str, ...]):
    assert resolve_regions(names) == regions


@pytest.mark.parametrize("names", [["us-east-9"], ["us,moon"], [], [" , "]])
def test_an_unknown_name_or_none_at_all_is_refused(names: list[str]):
    with pytest.raises(UnknownRegionError):
        resolve_regions(names)
