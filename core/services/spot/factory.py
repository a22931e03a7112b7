"""Makes the source of a provider, and loads what it needs only then."""

from __future__ import annotations

from collections.abc import Mapping

from core.domain.spot.query import Provider
from core.services.spot.errors import MissingExtraError
from core.services.spot.present_prices import PresentPrices
from core.services.spot.source import SpotSource


def make_source(provider: Provider, environ: Mapping[str, str], *, url: str | None = None) -> SpotSource:
    """Return the source of a provider; `url` replaces the address of its API.

    AWS finds its credentials as the AWS CLI does. VAST_API_KEY and RUNPOD_API_KEY in `environ` are sent where they
    are set.

    Raises:
        MissingExtraError: botocore, which AWS needs, is not installed.
    """
    if provider is Provider.AWS:
        try:
            from core.services.spot.aws import AwsSource
        except ModuleNotFoundError as error:
            raise MissingExtraError("aws") from error
        return AwsSource(endpoint_url=url)
    if provider is Provider.VAST:
        from core.services.spot.vast import VAST_URL, VastMarketplace

        return PresentPrices(VastMarketplace(url=url or VAST_URL, api_key=environ.get("VAST_API_KEY")))
    from core.services.spot.runpod import RUNPOD_URL, RunpodMarketplace

    return PresentPrices(RunpodMarketplace(url=url or RUNPOD_URL, api_key=environ.get("RUNPOD_API_KEY")))
