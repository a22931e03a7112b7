"""Checks requests, answers and gateway events against Discord's own interface descriptions.

The descriptions lie in `../shared/discord` and are not part of the project. Where they are missing, only the rules
that this file states itself are checked (`described()` says which it is).
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable
from typing import Any

from jsonschema_rs import Draft7Validator, Draft202012Validator, ValidationError

from sandbox.request_log import RequestRecord
from tests.conftest import SHARED

FOLDER = SHARED / "discord"
_EVENTS = {
    "READY": "Ready",
    "GUILD_CREATE": "GuildCreate",
    "MESSAGE_CREATE": "MessageCreate",
    "MESSAGE_UPDATE": "MessageCreate",
    "INTERACTION_CREATE": "InteractionCreate",
}
# Ids are strings in the descriptions; discord.py sends some of them as integers.
_ID_KEYS = re.compile(r"^(id|.*_id|users|roles|.*_ids)$")
_NAME = re.compile(r"^[-_'\w]{1,32}$")


def described() -> bool:
    """Whether Discord's descriptions are on this machine."""
    return FOLDER.is_dir()


def assert_valid_request(method: str, path: str, body: object) -> None:
    """A request of the bot: `path` without /api/v10 and query, `body` its JSON (payload_json of a multipart one)."""
    _assert_rules(method, path, body)
    if not described():
        return
    template, operation = _operation(method, path)
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        pointer = f"#/paths/{_escaped(template)}/{method.lower()}/requestBody/content/application~1json/schema"
        _raise(_api_validator(pointer), _ids(body), f"{method} {path}")
    else:
        assert body is None, f"{method} {path} takes no body"


def assert_valid_response(method: str, path: str, status: int, body: object) -> None:
    """An answer to such a request."""
    if not described():
        return
    template, operation = _operation(method, path)
    answers = operation["responses"]
    key = next((key for key in (str(status), f"{str(status)[0]}XX") if key in answers), None)
    assert key is not None, f"{method} {path} never answers {status}, only {sorted(answers)}"
    content = _followed(answers[key]).get("content")
    if content is None:
        assert body is None, f"{method} {path} answers {status} without a body"
        return
    pointer = f"#/paths/{_escaped(template)}/{method.lower()}/responses/{key}"
    if "$ref" in answers[key]:
        pointer = answers[key]["$ref"]
    validator = _api_validator(f"{pointer}/content/application~1json/schema")
    _raise(validator, body, f"answer to {method} {path}")


def assert_valid_event(kind: str, data: object) -> None:
    """The data of a gateway event; events without a description are not checked."""
    if not described() or kind not in _EVENTS:
        return
    validator = _event_validator(_EVENTS[kind])
    _raise(validator, data, kind)


def assert_valid_log(records: Iterable[RequestRecord], *, responses: bool = True) -> None:
    """Every request in a sandbox's log, and what the sandbox answered."""
    for record in records:
        if record.status not in (400, 404, 413):  # what Discord refuses need not be well-formed
            assert_valid_request(record.method, record.path, record.payload)
        if responses and record.status < 500:
            assert_valid_response(record.method, record.path, record.status, record.response)


def _assert_rules(method: str, path: str, body: object) -> None:
    """Discord's rules that its descriptions leave out."""
    for message in _messages(body):
        assert len(str(message.get("content") or "")) <= 2000, "more than 2,000 characters of content"
    if "/commands" in path and method != "PATCH":  # which names only what changes
        for command in body if isinstance(body, list) else [body]:
            if isinstance(command, dict) and command.get("type", 1) == 1:
                _assert_command(command)


def _messages(body: object) -> list[dict[str, Any]]:
    if not isinstance(body, dict):
        return []
    data = body.get("data")
    return [body, data] if isinstance(data, dict) else [body]


def _assert_command(thing: dict[str, Any]) -> None:
    names = [thing.get("name", ""), *(thing.get("name_localizations") or {}).values()]
    for name in names:
        assert _NAME.match(name), f"not a command or option name: {name!r}"
        assert name == name.lower(), f"capitals in {name!r}"
    assert 1 <= len(thing.get("description") or "") <= 100, f"{names[0]} has no description of 1 to 100 characters"
    required = [bool(option.get("required")) for option in thing.get("options") or []]
    assert required == sorted(required, reverse=True), f"{names[0]} has a required option after an optional one"
    for option in thing.get("options") or []:
        _assert_command(option)


def _operation(method: str, path: str) -> tuple[str, dict[str, Any]]:
    """The route of the description that fits the path; literal segments win over parameters."""
    fitting = [(template, _routes()[template]) for template in _routes() if _fits(template, path)]
    result = [(template, routes[method.lower()]) for template, routes in fitting if method.lower() in routes]
    assert result, f"Discord has no route {method} {path}"
    return min(result, key=lambda one: one[0].count("{"))


def _fits(template: str, path: str) -> bool:
    wanted, given = template.split("/"), path.split("/")
    return len(wanted) == len(given) and all(w.startswith("{") or w == g for w, g in zip(wanted, given, strict=True))


def _ids(value: object, key: str = "") -> object:
    """The same with every id as a string."""
    if isinstance(value, dict):
        return {name: _ids(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_ids(inner, key) for inner in value]
    if isinstance(value, int) and not isinstance(value, bool) and _ID_KEYS.match(key):
        return str(value)
    return value


def _raise(validator: Draft7Validator | Draft202012Validator, body: object, what: str) -> None:
    if not validator.is_valid(body):
        error = _deepest(validator.iter_errors(body))
        place = "/".join(map(str, error.instance_path))
        raise AssertionError(f"{what} at /{place}: {error.message[:500]}")


def _deepest(errors: Iterable[ValidationError]) -> ValidationError:
    """Of alternatives that all fail, the one that was meant fails deepest in the body."""
    error = max(errors, key=lambda one: len(one.instance_path))
    alternatives = [inner for branch in getattr(error.kind, "context", ()) for inner in branch]
    return _deepest(alternatives) if alternatives else error


@functools.cache
def _api() -> dict[str, Any]:
    loaded: dict[str, Any] = _loosened(json.loads((FOLDER / "openapi.json").read_text("utf-8")))
    # Described as a number, but it is a word such as BASE_TYPE_REQUIRED where it is about one field of a form.
    loaded["components"]["schemas"]["Error"]["properties"]["code"] = {"type": ["integer", "string"]}
    # The type FORWARD is in Discord's documentation, but not in this description.
    loaded["components"]["schemas"]["MessageReferenceType"] = {"enum": [0, 1]}
    return loaded


def _routes() -> dict[str, Any]:
    routes: dict[str, Any] = _api()["paths"]
    return routes


def _followed(node: dict[str, Any]) -> dict[str, Any]:
    target: Any = node
    if "$ref" in node:
        target = _api()
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
    result: dict[str, Any] = target
    return result


@functools.cache
def _api_validator(pointer: str) -> Draft202012Validator:
    schema = {"$ref": pointer, **{key: _api()[key] for key in ("paths", "components")}}
    return Draft202012Validator(schema)


@functools.cache
def _event_validator(name: str) -> Draft7Validator:
    schema = _loosened(json.loads((FOLDER / f"{name}.json").read_text("utf-8")))
    # Here each field of a snapshot is said to be a whole message; the description of the API has the right ones.
    schema["definitions"]["APIMessageSnapshotFields"] = {"type": "object"}
    for key, definition in schema["definitions"].items():
        if key.endswith("Flags") or key == "Permissions":
            definition.pop("enum", None)
            definition.pop("const", None)
            definition["type"] = ["integer", "string"]
    return Draft7Validator(schema)


def _loosened(node: Any) -> Any:
    """oneOf becomes anyOf (Discord's alternatives overlap), and a property may be null where it may be absent."""
    if isinstance(node, list):
        return [_loosened(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    loose = {("anyOf" if key == "oneOf" else key): _loosened(value) for key, value in node.items()}
    if isinstance(loose.get("properties"), dict):
        required = loose.get("required", [])
        loose["properties"] = {
            key: value if key in required else {"anyOf": [value, {"type": "null"}]}
            for key, value in loose["properties"].items()
        }
    return loose


def _escaped(template: str) -> str:
    """A path as one step of a JSON pointer inside a URI fragment."""
    return template.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
