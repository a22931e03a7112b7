"""Requests to optimise a picture, from what a member typed or pressed: rules without Discord."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.domain.errors import ErrorCode, OmokageError
from core.domain.generation import Face
from core.domain.jobs import JSON, Job
from core.domain.optimisation import DEFAULT_EPSILON, MAX_EPSILON, OptimizeMode, OptimizeRequest, OptimizeResult
from core.services.attack.targets import Target

CONTINUE, WIDER, ROBUST, AGAIN = "on", "wider", "robust", "again"  # the buttons' actions, in their custom ids
_PENDING_PHOTO = Face(photo="")  # its name is known once the photo is stored
_SEEDS = 1_000_000  # six digits: quick to type again, and few meet the same picture


@dataclass(frozen=True, slots=True)
class OptimizeOptions:
    """The options that a member typed; None: left out."""

    mode: str | None = None
    photo: bool = False
    steps: int | None = None
    epsilon: int | None = None
    robust: bool = False
    seed: int | None = None


def request_for(target: Target, options: OptimizeOptions) -> OptimizeRequest:
    """Complete the options: with a photo that photo is changed, without one it starts from noise.

    Raises:
        OmokageError: BAD_OPTION, options that do not go together, or out of range.
    """
    mode = OptimizeMode(options.mode) if options.mode else OptimizeMode.FOOL if options.photo else OptimizeMode.NOISE
    if mode is OptimizeMode.FOOL and not options.photo:
        raise OmokageError(ErrorCode.BAD_OPTION, reason="fool-without-photo")
    if mode is not OptimizeMode.FOOL and options.photo:
        raise OmokageError(ErrorCode.BAD_OPTION, reason="photo-without-fool")
    if mode is not OptimizeMode.FOOL and options.epsilon is not None:
        raise OmokageError(ErrorCode.BAD_OPTION, reason="epsilon-without-fool")
    return OptimizeRequest(
        target=target.name,
        mode=mode,
        person_id=target.person_id,
        start=_PENDING_PHOTO if options.photo else None,
        steps=options.steps,
        epsilon=DEFAULT_EPSILON if options.epsilon is None else options.epsilon,
        robust=options.robust,
        seed=secrets.randbelow(_SEEDS) if options.seed is None else options.seed,
    )


def params_of(request: OptimizeRequest) -> dict[str, JSON]:
    """Build the job's parameters."""
    return {**request.to_json(), "title": f"/optimize {request.mode} → {request.target}"}


def next_actions(request: OptimizeRequest, optimized: OptimizeResult) -> tuple[str, ...]:
    """List the actions that make sense after a result."""
    if optimized.picture is None or optimized.after is None:
        return ()
    fools = request.mode is OptimizeMode.FOOL
    # It ended by itself before its last step: there was nothing more to gain.
    settled = optimized.steps < request.all_steps and not optimized.stopped
    survives = optimized.jpeg is None or optimized.jpeg.takes_for(optimized.target)
    possible = {
        CONTINUE: not settled,
        WIDER: fools and not optimized.succeeded and request.epsilon < MAX_EPSILON,
        ROBUST: optimized.succeeded and not survives and not request.robust,
        AGAIN: not fools,
    }
    return tuple(name for name, is_possible in possible.items() if is_possible)


def params_of_next(job: Job, action: str) -> dict[str, JSON]:
    """Build the parameters of the next job: the same recogniser, starting from this picture.

    Raises:
        OmokageError: PHOTO_GONE, there is no picture to go on from.
    """
    request, optimized = request_of(job), result_of(job)
    if optimized.picture is None:
        raise OmokageError(ErrorCode.PHOTO_GONE)
    continued = replace(request, version_id=optimized.version_id, so_far=optimized.picture)
    changes: Mapping[str, dict[str, Any]] = {
        CONTINUE: {},
        WIDER: {"epsilon": min(2 * request.epsilon, MAX_EPSILON)},
        ROBUST: {"robust": True},
        AGAIN: {"seed": secrets.randbelow(_SEEDS), "so_far": None},
    }
    return params_of(replace(continued, **changes[action]))


def request_of(job: Job) -> OptimizeRequest:
    """Read what a job requests."""
    return OptimizeRequest.from_json(job.params)


def result_of(job: Job) -> OptimizeResult:
    """Read a job's result.

    Raises:
        OmokageError: PHOTO_GONE, it has no result.
    """
    if job.result is None:
        raise OmokageError(ErrorCode.PHOTO_GONE)
    result: Mapping[str, Any] = job.result
    return OptimizeResult.from_json(result)
