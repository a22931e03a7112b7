"""Present prices of vast.ai, a marketplace of other people's GPUs."""

from __future__ import annotations

from typing import Any

from core.domain.spot.query import FailureReason
from core.services.spot.errors import FetchError
from core.services.spot.http_json import post_json
from core.services.spot.present_prices import cheapest_by_name

VAST_URL = "https://console.vast.ai/api/v0/bundles/"
# Offers of a search, the cheapest first. A few thousand single GPUs are offered at a time; the kinds that are not
# among the cheapest thousand are found by their name.
_MAX_OFFERS = 1000


class VastMarketplace:
    """Asks for the offers with one GPU; `min_bid` is the lowest bid in USD an hour that runs now, interruptibly."""

    def __init__(self, *, url: str = VAST_URL, api_key: str | None = None) -> None:
        self._url = url
        self._api_key = api_key

    async def prices(self, machine: str | None) -> dict[str, float]:
        """Return the lowest bid by the GPU's name; see `Marketplace.prices`."""
        # The first three are what vast.ai's own command line asks for.
        question: dict[str, Any] = {
            "verified": {"eq": True},
            "external": {"eq": False},
            "rentable": {"eq": True},
            "num_gpus": {"eq": 1},
            "type": "bid",
            "order": [["min_bid", "asc"]],
            "limit": _MAX_OFFERS,
        }
        if machine is not None:
            question["gpu_name"] = {"eq": machine.replace("_", " ")}  # their command line writes RTX_4090
        answer = await post_json(self._url, question, api_key=self._api_key)
        offers = answer.get("offers") if isinstance(answer, dict) else None
        if not isinstance(offers, list):
            raise FetchError(FailureReason.BAD_ANSWER, "no list of offers")
        return cheapest_by_name(
            (offer.get("gpu_name"), offer.get("min_bid")) for offer in offers if isinstance(offer, dict)
        )
