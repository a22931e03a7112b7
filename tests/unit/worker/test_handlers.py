from __future__ import annotations

from typing import Any

from core.domain.ageing import AgedFace, AgeRequest, AgeResult
from core.domain.jobs import Job
from tests.unit.core.services.ageing.test_service import job
from worker.handlers import answer_with

RESULT = AgeResult("reage v1", "reage v1 (reage)", (AgedFace(0, 30, 70, 0.9),), 7.1, "ab" * 32)


class Ageing:
    """Answers whatever it is asked, and notes it."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def answer(self, job: Job, progress: Any, cancelled: Any) -> AgeResult:
        self.jobs.append(job)
        progress("reading", 0.0)
        return RESULT


def test_an_age_job_is_answered_with_the_services_result() -> None:
    ageing, stages = Ageing(), []
    request = job(AgeRequest("ab" * 32, to=70).to_json())
    result = answer_with(ageing)(request, lambda *stage: stages.append(stage), lambda: False)  # type: ignore[arg-type]
    assert result is not None
    assert AgeResult.from_json(result.result) == RESULT
    assert (ageing.jobs, stages) == ([request], [("reading", 0.0)])
