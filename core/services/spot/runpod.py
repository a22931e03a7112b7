"""Present prices of RunPod."""

from __future__ import annotations

from typing import Any

from core.domain.spot.query import FailureReason
from core.services.spot.errors import FetchError
from core.services.spot.http_json import post_json
from core.services.spot.present_prices import cheapest_by_name

RUNPOD_URL = "https://api.runpod.io/graphql"
_QUESTION = "query { gpuTypes { id displayName lowestPrice(input: {gpuCount: 1}) { minimumBidPrice } } }"


class RunpodMarketplace:
    """Asks for all kinds of GPUs; `minimumBidPrice` is the price of one in USD an hour as a spot pod."""

    def __init__(self, *, url: str = RUNPOD_URL, api_key: str | None = None) -> None:
        self._url = url
        self._api_key = api_key

    async def prices(self, machine: str | None) -> dict[str, float]:
        """Return the lowest bid by the GPU's name; see `Marketplace.prices`."""
        answer = await post_json(self._url, {"query": _QUESTION}, api_key=self._api_key)
        data = answer.get("data") if isinstance(answer, dict) else None
        gpus = data.get("gpuTypes") if isinstance(data, dict) else None
        if not isinstance(gpus, list):
            raise FetchError(FailureReason.BAD_ANSWER, _first_error(answer))
        offers = [gpu for gpu in gpus if isinstance(gpu, dict) and (machine is None or _is_named(gpu, machine))]
        if machine is not None and not offers:
            raise FetchError(FailureReason.UNKNOWN_MACHINE)
        return cheapest_by_name((gpu.get("displayName") or gpu.get("id"), _bid(gpu)) for gpu in offers)


def _is_named(gpu: dict[str, Any], machine: str) -> bool:
    return machine.lower() in (str(gpu.get("displayName")).lower(), str(gpu.get("id")).lower())


def _bid(gpu: dict[str, Any]) -> Any:
    lowest = gpu.get("lowestPrice")
    return lowest.get("minimumBidPrice") if isinstance(lowest, dict) else None


def _first_error(answer: Any) -> str:
    """GraphQL reports errors with the status 200, beside the data."""
    try:
        return str(answer["errors"][0]["message"])[:200]
    except (KeyError, IndexError, TypeError):
        return "no list of GPUs"
