"""What a Discord client sends for a command or a form, made from plain Python values."""

from __future__ import annotations

from sandbox.driver.feed import DriverError
from sandbox.types import Json

SUB_COMMAND, SUB_GROUP, USER, ATTACHMENT = 1, 2, 6, 11
ROW, TEXT_INPUT, LABEL, FILE_UPLOAD, RADIO_GROUP, CHECKBOX = 1, 4, 18, 19, 21, 23
SELECTS = {3, 5, 6, 7, 8}
# An uploaded file: its name and its bytes.
File = tuple[str, bytes]


class FormFiles:
    """Collects the files of one request."""

    def __init__(self) -> None:
        self.files: list[File] = []

    def add(self, value: File | str) -> str:
        """The word by which the request refers to the file: uploaded, or "starter:<filename>"."""
        if isinstance(value, str):
            return value
        self.files.append(value)
        return f"files[{len(self.files) - 1}]"


def command_data(
    commands: list[Json], path: str, values: Json, files: FormFiles, *, focused: str | None = None
) -> Json:
    """The data of a slash command such as "classify" or "train status"."""
    name, *subs = path.split()
    command = next((one for one in commands if one["type"] == 1 and one["name"] == name), None)
    if command is None:
        raise DriverError(f"There is no command {name}.")
    specs = command.get("options") or []
    return {"name": name, "type": 1, "options": _options(specs, subs, values, files, focused)}


def _options(specs: list[Json], subs: list[str], values: Json, files: FormFiles, focused: str | None) -> list[Json]:
    by_name = {spec["name"]: spec for spec in specs}
    if subs:
        spec = by_name.get(subs[0])
        if spec is None or spec["type"] not in (SUB_COMMAND, SUB_GROUP):
            raise DriverError(f"There is no sub-command {subs[0]}.")
        nested = _options(spec.get("options") or [], subs[1:], values, files, focused)
        return [{"name": subs[0], "type": spec["type"], "options": nested}]
    options = []
    for name, value in values.items():
        kind = by_name[name]["type"] if name in by_name else 3
        option = {"name": name, "type": kind, "value": files.add(value) if kind == ATTACHMENT else _plain(value)}
        options.append(option | {"focused": True} if name == focused else option)
    return options


def _plain(value: object) -> object:
    """Members stand for their ids."""
    return getattr(value, "id", value)


def find_component(message: Json, wanted: str | int, kinds: set[int]) -> Json:
    """A component by place, exact custom id, exact label, or start of the custom id, in that order."""
    result = [one for one in _walk(message["components"]) if one["type"] in kinds]
    if isinstance(wanted, int):
        if not -len(result) <= wanted < len(result):
            raise DriverError(f"There are only {len(result)} such components.")
        return result[wanted]
    for matches in (
        lambda one: one.get("custom_id") == wanted,
        lambda one: one.get("label") == wanted,
        lambda one: str(one.get("custom_id", "")).startswith(wanted),
    ):
        hits = [one for one in result if matches(one)]
        if hits:
            return hits[0]
    offered = [one.get("label") or one.get("custom_id") for one in result]
    raise DriverError(f"There is no {wanted!r} among {offered}.")


def _walk(components: list[Json]) -> list[Json]:
    flat: list[Json] = []
    for component in components:
        flat.append(component)
        flat += _walk(component.get("components") or [])
        flat += _walk([component["accessory"]] if component.get("accessory") else [])
    return flat


def form_data(modal: Json, values: Json, files: FormFiles) -> Json:
    """The data of a modal submit; values are found by custom id or label, and must all find a field."""
    left = dict(values)
    components = []
    for top in modal["components"]:
        if top["type"] == ROW:
            spec = top["components"][0]
            components.append({"type": ROW, "components": [_field(spec, spec.get("label"), left, files)]})
        elif top["type"] == LABEL:
            components.append({"type": LABEL, "component": _field(top["component"], top["label"], left, files)})
    if left:
        raise DriverError(f"The form has no {', '.join(map(repr, left))}.")
    return {"custom_id": modal["custom_id"], "interaction_id": modal["interaction_id"], "components": components}


def _field(spec: Json, label: str | None, left: Json, files: FormFiles) -> Json:
    field = {"type": spec["type"], "custom_id": spec["custom_id"]}
    key = next((key for key in (spec["custom_id"], label) if key in left), None)
    value = None if key is None else left.pop(key)
    if spec["type"] == TEXT_INPUT:
        return field | {"value": spec.get("value", "") if key is None else value}
    if spec["type"] in (RADIO_GROUP, CHECKBOX):
        return field | {"value": value}
    chosen = value if isinstance(value, list) else [] if value is None else [value]
    if spec["type"] == FILE_UPLOAD:
        return field | {"values": [files.add(one) for one in chosen]}
    if spec["type"] in SELECTS:
        return field | {"values": preselected(spec) if key is None else choices(spec, chosen)}
    return field | {"values": chosen}


def choices(select: Json, chosen: list[object]) -> list[object]:
    """The values of a select's options, given by value or label; members stand for their ids."""
    by_label = {option["label"]: option["value"] for option in select.get("options") or []}
    return [by_label.get(one, one) if isinstance(one, str) else _plain(one) for one in chosen]


def preselected(select: Json) -> list[object]:
    """What is chosen in a select that nobody has touched."""
    options = [option["value"] for option in select.get("options") or [] if option.get("default")]
    return options or [default["id"] for default in select.get("default_values") or []]
