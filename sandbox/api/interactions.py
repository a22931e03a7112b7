"""Routes of interactions: the callback, and the webhook that an interaction's token opens."""

from __future__ import annotations

from sandbox.api.endpoint import ApiContext, ApiRequest, ApiResponse, Route
from sandbox.interactions.model import Interaction

_TRUE = ("true", "1", "True")


def callback(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """The first answer to an interaction."""
    interaction = context.interactions.to_answer(call.path["interaction_id"], call.path["interaction_token"])
    response = context.callbacks.answer(interaction, call.body.json(), call.body.uploads)
    return ApiResponse(200, response) if call.query.get("with_response") in _TRUE else ApiResponse(204)


def follow_up(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """A further message."""
    record = context.follow_ups.create(_interaction(context, call), call.body.json(), call.body.uploads)
    # Interaction webhooks always wait for the message, whatever `wait` says.
    return ApiResponse(200, record.message)


def get_message(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """@original or a follow-up."""
    return ApiResponse(200, context.follow_ups.find(_interaction(context, call), call.path["message_id"]).message)


def edit_message(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """Edit @original or a follow-up."""
    interaction = _interaction(context, call)
    record = context.follow_ups.find(interaction, call.path["message_id"])
    context.follow_ups.edit(interaction, record, call.body.json(), call.body.uploads)
    return ApiResponse(200, record.message)


def delete_message(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """Delete @original or a follow-up."""
    interaction = _interaction(context, call)
    context.follow_ups.delete(interaction, context.follow_ups.find(interaction, call.path["message_id"]))
    return ApiResponse(204)


def _interaction(context: ApiContext, call: ApiRequest) -> Interaction:
    return context.interactions.answered(call.path["webhook_id"], call.path["webhook_token"])


_WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
_MESSAGE = _WEBHOOK + "/messages/{message_id}"
ROUTES = [
    Route("POST", "/interactions/{interaction_id}/{interaction_token}/callback", callback, open=True),
    Route("POST", _WEBHOOK, follow_up, limit="webhook", major="webhook_token", open=True),
    Route("GET", _MESSAGE, get_message, open=True),
    Route("PATCH", _MESSAGE, edit_message, limit="webhook", major="webhook_token", open=True),
    Route("DELETE", _MESSAGE, delete_message, limit="webhook", major="webhook_token", open=True),
]
