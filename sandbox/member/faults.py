"""Failures on demand: POST /member/faults."""

from __future__ import annotations

from sandbox.faults import Fault, Faults
from sandbox.gateway.hub import Hub
from sandbox.interactions.errors import MemberError
from sandbox.types import Json


def inject(asked: Json, faults: Faults, hub: Hub) -> Json:
    """Carry out a request for a fault; returns how many connections it met, or what waits."""
    kind = asked.get("kind")
    if kind in ("rate_limit", "server_error"):
        faults.add(_fault(str(kind), asked))
        return {"waiting": int(asked.get("count", 1))}
    if kind == "disconnect":
        return {"connections": hub.disconnect(asked.get("code"))}
    if kind == "reconnect":
        return {"connections": hub.ask_to_reconnect()}
    if kind == "invalidate_session":
        return {"connections": hub.invalidate(resumable=bool(asked.get("resumable")))}
    raise MemberError(f"There is no fault {kind}.")


def _fault(kind: str, asked: Json) -> Fault:
    return Fault(
        kind=kind,
        method=asked.get("method"),
        path=asked.get("path"),
        count=int(asked.get("count", 1)),
        retry_after=float(asked.get("retry_after", 1.0)),
        everywhere=bool(asked.get("global")),
        status=int(asked.get("status", 500)),
    )
