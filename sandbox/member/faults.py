"""Failures on demand: POST /member/faults."""

from __future__ import annotations

from sandbox.faults import Fault, Faults
from sandbox.gateway.hub import Hub
from sandbox.interactions.errors import MemberError
from sandbox.types import Json


def inject(payload: Json, faults: Faults, hub: Hub) -> Json:
    """Carry out a request for a fault; returns how many connections it met, or what waits."""
    kind = payload.get("kind")
    if kind in ("rate_limit", "server_error"):
        faults.add(_fault(str(kind), payload))
        return {"waiting": int(payload.get("count", 1))}
    if kind == "disconnect":
        return {"connections": hub.disconnect(payload.get("code"))}
    if kind == "reconnect":
        return {"connections": hub.ask_to_reconnect()}
    if kind == "invalidate_session":
        return {"connections": hub.invalidate(resumable=bool(payload.get("resumable")))}
    raise MemberError(f"There is no fault {kind}.")


def _fault(kind: str, payload: Json) -> Fault:
    return Fault(
        kind=kind,
        method=payload.get("method"),
        path=payload.get("path"),
        count=int(payload.get("count", 1)),
        retry_after=float(payload.get("retry_after", 1.0)),
        is_global=bool(payload.get("global")),
        status=int(payload.get("status", 500)),
    )
