"""Checks what a member wants to do, and turns it into an interaction's data."""

from __future__ import annotations

from dataclasses import replace

from sandbox.interactions.components import component_data
from sandbox.interactions.errors import MemberError
from sandbox.interactions.files import RequestFiles, StarterFolder
from sandbox.interactions.forms import form_components
from sandbox.interactions.model import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL_SUBMIT, InteractionRequest, owners
from sandbox.interactions.options import OptionReader, focused_option
from sandbox.interactions.store import InteractionStore
from sandbox.rules import commands as kinds
from sandbox.rules.errors import DiscordError
from sandbox.types import Json
from sandbox.world.message_record import MessageRecord
from sandbox.world.people import user
from sandbox.world.world import World


def read_request(
    world: World, interactions: InteractionStore, request: Json, files: RequestFiles
) -> InteractionRequest:
    """What a member asks for, checked; raises MemberError with what a Discord client would say."""
    kind, data = request.get("type"), request.get("data") or {}
    if kind == COMPONENT:
        return _component(world, request, data)
    if kind == MODAL_SUBMIT:
        return _modal(world, interactions, request, data, files)
    if kind not in (COMMAND, AUTOCOMPLETE):
        raise MemberError("There is no such kind of interaction.")
    command = world.commands.named(data.get("type", kinds.CHAT_INPUT), str(data.get("name")))
    if command is None or not world.commands.may_use(request["as"], command):
        raise MemberError(f"There is no command {data.get('name')} for you.")
    if command["type"] == kinds.CHAT_INPUT:
        return _slash(world, request, command, data, files)
    return _menu(world, request, command, str(data.get("target_id")))


def visible_message(world: World, request: Json, message_id: str) -> MessageRecord:
    """A message that the member can see."""
    try:
        record = world.messages.find(request["channel_id"], message_id)
    except DiscordError as error:
        raise MemberError("This message is gone.") from error
    if not record.visible_to(request["as"]):
        raise MemberError("This message is gone.")
    return record


def _build(request: Json, data: Json, metadata: Json, source: MessageRecord | None = None) -> InteractionRequest:
    return InteractionRequest(
        request["type"], request["as"], request["channel_id"], data, metadata, source, request.get("nonce")
    )


def _base(command: Json) -> Json:
    base = {"id": command["id"], "name": command["name"], "type": command["type"]}
    return base | {"guild_id": command["guild_id"]} if "guild_id" in command else base


def _slash(world: World, request: Json, command: Json, data: Json, files: RequestFiles) -> InteractionRequest:
    reader = OptionReader(world, request["channel_id"], files, typing=request["type"] == AUTOCOMPLETE)
    read = reader.read(command.get("options") or [], data.get("options") or [])
    body = _base(command) | {"options": read}
    if reader.resolved:
        body["resolved"] = reader.resolved
    if request["type"] == AUTOCOMPLETE:
        spec = focused_option(read, command.get("options") or [])
        if not spec.get("autocomplete"):
            raise MemberError(f"{spec['name']} has no autocomplete.")
        return replace(_build(request, body, {}), focused_kind=spec["type"])
    path = [command["name"]]
    while read and read[0]["type"] in (kinds.SUB_COMMAND, kinds.SUB_GROUP):
        path.append(read[0]["name"])
        read = read[0]["options"]
    return _build(request, body, {"name": " ".join(path), "command_type": kinds.CHAT_INPUT})


def _menu(world: World, request: Json, command: Json, target_id: str) -> InteractionRequest:
    metadata: Json = {"name": command["name"], "command_type": command["type"]}
    body = _base(command) | {"target_id": target_id}
    if command["type"] == kinds.MESSAGE_MENU:
        record = visible_message(world, request, target_id)
        body["resolved"] = {"messages": {target_id: record.message}}
        return _build(request, body, metadata | {"target_message_id": target_id})
    person = world.people.get(target_id)
    if person is None:
        raise MemberError("There is no such member.")
    reader = OptionReader(world, request["channel_id"], RequestFiles({}, StarterFolder(None)), typing=False)
    reader.resolve(kinds.USER, target_id, command["name"])
    body["resolved"] = reader.resolved
    return _build(request, body, metadata | {"target_user": user(person)})


def _component(world: World, request: Json, data: Json) -> InteractionRequest:
    record = visible_message(world, request, str(data.get("message_id")))
    body = component_data(world, record, data)
    return _build(request, body, {"interacted_message_id": record.id}, record)


def _modal(
    world: World, interactions: InteractionStore, request: Json, data: Json, files: RequestFiles
) -> InteractionRequest:
    opener = interactions.get(str(data.get("interaction_id")))
    if opener is None or opener.modal is None or opener.user_id != request["as"]:
        raise MemberError("This form is closed.")
    if opener.modal["custom_id"] != data.get("custom_id"):
        raise MemberError("This form is closed.")
    reader = OptionReader(world, request["channel_id"], files, typing=False)
    body: Json = {
        "custom_id": opener.modal["custom_id"],
        "components": form_components(opener.modal, data.get("components") or [], reader),
    }
    if reader.resolved:
        body["resolved"] = reader.resolved
    source = None if opener.source_id is None else visible_message(world, request, opener.source_id)
    opener.modal = None
    metadata: Json = {"triggering_interaction_metadata": opener.metadata | {"authorizing_integration_owners": owners()}}
    return _build(request, body, metadata, source)
