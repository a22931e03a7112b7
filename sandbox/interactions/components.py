"""A click on a button or a choice in a select, checked against the message it is in."""

from __future__ import annotations

from sandbox.interactions.errors import MemberError
from sandbox.interactions.files import RequestFiles, StarterFolder
from sandbox.interactions.options import OptionReader
from sandbox.rules import commands as kinds
from sandbox.rules.components import BUTTON, walk
from sandbox.rules.selects import SELECTS, STRING_SELECT
from sandbox.types import Json
from sandbox.world.message_record import MessageRecord
from sandbox.world.world import World

# Which kind of object each auto-populated select offers.
RESOLVED_AS = {5: kinds.USER, 6: kinds.ROLE, 7: kinds.MENTIONABLE, 8: kinds.CHANNEL}
LINK, PREMIUM = 5, 6


def component_data(world: World, record: MessageRecord, data: Json) -> Json:
    """The data of a component interaction; raises MemberError where a client would not let the member."""
    component = _find(record, str(data.get("custom_id")))
    if component.get("disabled"):
        raise MemberError("This is disabled.")
    body: Json = {"custom_id": component["custom_id"], "component_type": component["type"], "id": component["id"]}
    if component["type"] == BUTTON:
        return body
    reader = OptionReader(world, record.channel_id, RequestFiles({}, StarterFolder(None)), typing=False)
    body["values"] = select_values(component, data.get("values") or [], reader)
    return body | {"resolved": reader.resolved} if component["type"] != STRING_SELECT else body


def select_values(select: Json, values: list[str], reader: OptionReader) -> list[str]:
    """The chosen values of a select, checked; users, roles and channels are resolved."""
    least, most = select.get("min_values", 1), select.get("max_values", 1)
    if not least <= len(values) <= most or len(set(values)) < len(values):
        raise MemberError(f"Choose {least} to {most}." if least != most else f"Choose {most}.")
    if select["type"] != STRING_SELECT:
        return [reader.resolve(RESOLVED_AS[select["type"]], str(value), "selection") for value in values]
    known = {option["value"] for option in select["options"]}
    if not known.issuperset(values):
        raise MemberError("This is not one of the options.")
    return values


def _find(record: MessageRecord, custom_id: str) -> Json:
    for component in walk(record.message["components"]):
        usable = component["type"] in SELECTS or (
            component["type"] == BUTTON and component["style"] not in (LINK, PREMIUM)
        )
        if usable and component.get("custom_id") == custom_id:
            return component
    raise MemberError("There is no such component.")
