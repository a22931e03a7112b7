"""Routes of interactions: the callback, and the webhook that an interaction's token opens."""

from __future__ import annotations

from sandbox.api.endpoint import Call, Parts, Reply, Route
from sandbox.interactions.model import Interaction

_TRUE = ("true", "1", "True")


def callback(parts: Parts, call: Call) -> Reply:
    """The first answer to an interaction."""
    interaction = parts.book.to_answer(call.path["interaction_id"], call.path["interaction_token"])
    response = parts.answers.answer(interaction, call.body.json(), call.body.uploads)
    return Reply(200, response) if call.query.get("with_response") in _TRUE else Reply(204)


def follow_up(parts: Parts, call: Call) -> Reply:
    """A further message."""
    record = parts.follow_ups.create(_interaction(parts, call), call.body.json(), call.body.uploads)
    # Interaction webhooks always wait for the message, whatever `wait` says.
    return Reply(200, record.message)


def get_message(parts: Parts, call: Call) -> Reply:
    """@original or a follow-up."""
    return Reply(200, parts.follow_ups.find(_interaction(parts, call), call.path["message_id"]).message)


def edit_message(parts: Parts, call: Call) -> Reply:
    """Edit @original or a follow-up."""
    interaction = _interaction(parts, call)
    record = parts.follow_ups.find(interaction, call.path["message_id"])
    parts.follow_ups.edit(interaction, record, call.body.json(), call.body.uploads)
    return Reply(200, record.message)


def delete_message(parts: Parts, call: Call) -> Reply:
    """Delete @original or a follow-up."""
    interaction = _interaction(parts, call)
    parts.follow_ups.delete(interaction, parts.follow_ups.find(interaction, call.path["message_id"]))
    return Reply(204)


def _interaction(parts: Parts, call: Call) -> Interaction:
    return parts.book.answered(call.path["webhook_id"], call.path["webhook_token"])


_WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
_MESSAGE = _WEBHOOK + "/messages/{message_id}"
ROUTES = [
    Route("POST", "/interactions/{interaction_id}/{interaction_token}/callback", callback, open=True),
    Route("POST", _WEBHOOK, follow_up, limit="webhook", major="webhook_token", open=True),
    Route("GET", _MESSAGE, get_message, open=True),
    Route("PATCH", _MESSAGE, edit_message, limit="webhook", major="webhook_token", open=True),
    Route("DELETE", _MESSAGE, delete_message, limit="webhook", major="webhook_token", open=True),
]
