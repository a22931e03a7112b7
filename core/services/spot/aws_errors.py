"""What EC2's errors and botocore's exceptions mean for somebody who looks at prices."""

from __future__ import annotations

from collections.abc import Mapping

from botocore import exceptions

from core.domain.spot.query import FailureReason
from core.services.spot.errors import FetchError

_BY_CODE: Mapping[str, FailureReason] = {
    "UnauthorizedOperation": FailureReason.NOT_ALLOWED,
    "AccessDenied": FailureReason.NOT_ALLOWED,
    "AccessDeniedException": FailureReason.NOT_ALLOWED,
    "AuthFailure": FailureReason.BAD_CREDENTIALS,
    "InvalidClientTokenId": FailureReason.BAD_CREDENTIALS,
    "UnrecognizedClientException": FailureReason.BAD_CREDENTIALS,
    "SignatureDoesNotMatch": FailureReason.BAD_CREDENTIALS,
    "ExpiredToken": FailureReason.BAD_CREDENTIALS,
    "ExpiredTokenException": FailureReason.BAD_CREDENTIALS,
    "RequestExpired": FailureReason.BAD_CREDENTIALS,
    "OptInRequired": FailureReason.REGION_DISABLED,
    "RequestLimitExceeded": FailureReason.THROTTLED,
    "Throttling": FailureReason.THROTTLED,
    "ThrottlingException": FailureReason.THROTTLED,
    "InvalidInstanceType": FailureReason.UNKNOWN_MACHINE,
}
_NO_CREDENTIALS = (
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.CredentialRetrievalError,
    exceptions.ProfileNotFound,
    exceptions.ConfigParseError,
    exceptions.SSOError,
    exceptions.TokenRetrievalError,
)


def as_fetch_error(error: Exception) -> FetchError:
    """Return the error with a reason; one that is not known keeps its own text."""
    if isinstance(error, exceptions.ClientError):
        return _by_code(error)
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, _NO_CREDENTIALS):
        return FetchError(FailureReason.NO_CREDENTIALS, text)
    if isinstance(error, exceptions.ConnectTimeoutError | exceptions.ReadTimeoutError):
        return FetchError(FailureReason.TIMED_OUT)
    if isinstance(error, exceptions.HTTPClientError | exceptions.ConnectionError):
        return FetchError(FailureReason.UNREACHABLE, text)
    return FetchError(FailureReason.BAD_ANSWER, text)


def _by_code(error: exceptions.ClientError) -> FetchError:
    answer = error.response.get("Error", {})
    code, message = answer.get("Code", ""), answer.get("Message", "")
    if code == "InvalidParameterValue" and "instancetype" in message.lower().replace(" ", ""):
        return FetchError(FailureReason.UNKNOWN_MACHINE)
    reason = _BY_CODE.get(code, FailureReason.BAD_ANSWER)
    return FetchError(reason, f"{code}: {message}" if reason is FailureReason.BAD_ANSWER else code)
