"""EC2 from a recording: botocore signs and reads as always, and its requests are answered here instead of sent."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import botocore.session
from botocore.awsrequest import AWSResponse

RECORDINGS = Path(__file__).parent / "recordings" / "spot"
NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)  # when it was recorded
ERROR = """<?xml version="1.0" encoding="UTF-8"?>
<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>
<RequestID>6ba7f5a2-3a6a-4c58-9b57-3f0b0d3c2f4e</RequestID></Response>"""
EMPTY = """<?xml version="1.0" encoding="UTF-8"?>
<DescribeSpotPriceHistoryResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
<requestId>0b6f6d54-6a3a-4b6e-8f0a-7e6e5b2f1c3d</requestId><spotPriceHistorySet/><nextToken/>
</DescribeSpotPriceHistoryResponse>"""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a body; `error` makes one of EC2's errors."""

    status: int
    body: str


def error(code: str, message: str = "It is so.", status: int = 400) -> Answer:
    return Answer(status, ERROR.format(code=code, message=message))


def recorded(region: str, page: int = 1) -> Answer:
    return Answer(200, (RECORDINGS / f"{region}.{page}.xml").read_text("utf-8"))


Answerer = Callable[[Mapping[str, str]], Answer | Exception]


@dataclass
class RecordedEc2:
    """Answers from the recording, or as `answers` say by region; `requests` are the parameters of each request."""

    answers: dict[str, Answerer] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def session(self) -> botocore.session.Session:
        session = botocore.session.Session()
        session.set_credentials("AKIDEXAMPLE", "not-a-secret")
        session.register("before-send.ec2", self._answer)
        return session

    def _answer(self, request: Any, **_: Any) -> AWSResponse:
        region = request.url.removeprefix("https://ec2.").partition(".")[0]
        body = request.body.decode() if isinstance(request.body, bytes) else request.body
        parameters = {name: values[0] for name, values in parse_qs(body).items()}
        self.requests.append((region, parameters))
        answerer = self.answers.get(region, lambda given: recorded(region, 2 if "NextToken" in given else 1))
        answer = answerer(parameters)
        if isinstance(answer, Exception):
            raise answer
        return AWSResponse(request.url, answer.status, {"Content-Type": "text/xml"}, _Raw(answer.body.encode()))


class _Raw(io.BytesIO):
    def stream(self) -> Any:
        yield self.read()
