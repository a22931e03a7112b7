"""What is logged, and what never is: tokens, passwords, the addresses of photos."""

from __future__ import annotations

import logging
import re
from typing import TextIO

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# Their own lines at DEBUG hold tokens, signatures, and whole requests to the object store with their content.
_TALKATIVE = ("discord", "aiohttp", "aiobotocore", "boto3", "botocore", "fsspec", "s3fs", "urllib3", "sqlalchemy")
_HIDDEN = "***"
_SECRETS = (
    # A password in an address, also one with / and @ in it that nobody has quoted.
    (re.compile(r"(\bhttps?://[^\s/:@]*:)[^\s/]*(?=@)"), rf"\1{_HIDDEN}"),
    (re.compile(r"(\b(?!https?:)[a-z][\w+.-]*://[^\s/:@]*:)\S*(?=@)"), rf"\1{_HIDDEN}"),
    (re.compile(r"(/(?:webhooks|interactions)/\d+/)[^\s/?\"']+"), rf"\1{_HIDDEN}"),  # an interaction's token
    (re.compile(r"(\bhttps?://[^\s?\"'<>]+\?)[^\s\"'<>]+"), rf"\1{_HIDDEN}"),  # the signature of a photo's address
    (re.compile(r"(\b(?:Bot|Bearer) )[\w.-]{20,}"), rf"\1{_HIDDEN}"),  # an authorisation
)


class SafeFormatter(logging.Formatter):
    """Formats a record, and hides what a library's message or an exception has let through.

    A second line of defence: our own lines leave such things out in the first place.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The whole text, traceback included."""
        return without_secrets(super().format(record))


def without_secrets(text: str) -> str:
    """Return the text with stars in the place of passwords, tokens, and the queries of addresses."""
    for pattern, hidden in _SECRETS:
        text = pattern.sub(hidden, text)
    return text


def set_up_logging(level: str, stream: TextIO) -> None:
    """Log to a stream, one line an event; does nothing where that was done before."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(SafeFormatter(LOG_FORMAT))
    logging.basicConfig(level=level, handlers=[handler])
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.INFO))
