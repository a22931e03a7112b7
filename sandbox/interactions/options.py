"""From what a member typed to the options of a command interaction, with everything they refer to."""

from __future__ import annotations

from sandbox.interactions.errors import MemberError
from sandbox.interactions.files import RequestFiles
from sandbox.rules import commands as kinds
from sandbox.types import Json
from sandbox.world import fixtures
from sandbox.world.guild import roles
from sandbox.world.people import partial_member, user
from sandbox.world.world import World

_SNOWFLAKES = (kinds.USER, kinds.CHANNEL, kinds.ROLE, kinds.MENTIONABLE)


class OptionReader:
    """Reads options against the registered command, as a Discord client does before it sends them."""

    def __init__(self, world: World, channel_id: str, files: RequestFiles, *, typing: bool) -> None:
        self._world, self._channel_id, self._files = world, channel_id, files
        # Autocomplete: unfinished input is no error.
        self._typing = typing
        self.resolved: Json = {}

    def read(self, specs: list[Json], given: list[Json]) -> list[Json]:
        """The options as the bot gets them; raises MemberError with what a client would say."""
        by_name = {spec["name"]: spec for spec in specs}
        for option in given:
            if option.get("name") not in by_name:
                raise MemberError(f"There is no option {option.get('name')}.")
        missing = [s["name"] for s in specs if s.get("required") and s["name"] not in {o["name"] for o in given}]
        if missing and not self._typing:
            raise MemberError(f"This option is required: {', '.join(missing)}.")
        if specs and specs[0]["type"] in (kinds.SUB_COMMAND, kinds.SUB_GROUP) and len(given) != 1:
            raise MemberError("Choose one of the sub-commands.")
        return [self._read_option(by_name[option["name"]], option) for option in given]

    def _read_option(self, spec: Json, option: Json) -> Json:
        kind = spec["type"]
        if kind in (kinds.SUB_COMMAND, kinds.SUB_GROUP):
            nested = self.read(spec.get("options") or [], option.get("options") or [])
            return {"name": spec["name"], "type": kind, "options": nested}
        if self._typing and option.get("focused"):
            return {"name": spec["name"], "type": kind, "value": option.get("value"), "focused": True}
        return {"name": spec["name"], "type": kind, "value": self._value(spec, option.get("value"))}

    def _value(self, spec: Json, value: object) -> object:
        kind = spec["type"]
        if kind == kinds.ATTACHMENT:
            return self.attach(value)
        if kind in _SNOWFLAKES:
            return self.resolve(kind, str(value), spec["name"])
        if kind == kinds.BOOLEAN:
            if not isinstance(value, bool):
                raise MemberError(f"{spec['name']} is either true or false.")
            return value
        value = _text(spec, value) if kind == kinds.STRING else _number(spec, value)
        choices = spec.get("choices")
        if choices and value not in [choice["value"] for choice in choices]:
            raise MemberError(f"{spec['name']} must be one of the choices.")
        return value

    def attach(self, value: object) -> str:
        """Keep an attached file and note it among the resolved objects; returns its id."""
        attachment = self._world.attachments.add(self._channel_id, self._files.named(str(value)), ephemeral=True)
        self.resolved.setdefault("attachments", {})[attachment["id"]] = attachment
        return str(attachment["id"])

    def resolve(self, kind: int, value: str, name: str) -> str:
        """Note the user, channel or role with that id among the resolved objects."""
        world = self._world
        person = world.people.get(value) if kind in (kinds.USER, kinds.MENTIONABLE) else None
        role = next((one for one in roles(world.people) if one["id"] == value), None)
        channel = next((one for one in fixtures.CHANNELS if one.id == value), None)
        bits = str(world.people.permissions(person.id)) if person else "0"
        if person is not None:
            self.resolved.setdefault("users", {})[value] = user(person)
            self.resolved.setdefault("members", {})[value] = _resolved_member(partial_member(person), bits)
        elif role is not None and kind in (kinds.ROLE, kinds.MENTIONABLE):
            self.resolved.setdefault("roles", {})[value] = role
        elif channel is not None and kind == kinds.CHANNEL:
            described = world.channel_object(channel) | {"permissions": str(world.people.permissions(fixtures.BOT_ID))}
            self.resolved.setdefault("channels", {})[value] = described
        else:
            raise MemberError(f"{name}: there is nobody and nothing of that kind here.")
        return value


def _resolved_member(body: Json, bits: str) -> Json:
    """Resolved members come without deaf and mute, with permissions."""
    return {key: value for key, value in body.items() if key not in ("deaf", "mute")} | {"permissions": bits}


def _text(spec: Json, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise MemberError(f"{spec['name']} is a text.")
    least, most = spec.get("min_length") or 0, spec.get("max_length") or 6000
    if not least <= len(value) <= most:
        raise MemberError(f"{spec['name']} must have {least} to {most} characters.")
    return value


def _number(spec: Json, value: object) -> int | float:
    whole = spec["type"] == kinds.INTEGER
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        raise MemberError(f"{spec['name']} is a {'whole ' if whole else ''}number.")
    least, most = spec.get("min_value"), spec.get("max_value")
    if (least is not None and value < least) or (most is not None and value > most):
        raise MemberError(f"{spec['name']} must be from {least} to {most}.")
    return value


def focused_option(options: list[Json], specs: list[Json]) -> Json:
    """The registered option that the member is typing in."""
    for option in options:
        spec = next((one for one in specs if one["name"] == option["name"]), None)
        if spec is not None and option.get("focused"):
            return spec
        if spec is not None and option.get("options"):
            return focused_option(option["options"], spec.get("options") or [])
    raise MemberError("No option has the focus.")
