"""Refusals in Discord's words and numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.types import Json


@dataclass(slots=True)
class DiscordError(Exception):
    """An answer that is an error: HTTP status, Discord's JSON error code and its sentence."""

    status: int
    code: int
    message: str
    errors: Json | None = None
    headers: dict[str, str] = field(default_factory=dict)
    # Further keys of the body, such as retry_after.
    extra: Json = field(default_factory=dict)

    def body(self) -> Json:
        """The JSON body."""
        body: Json = {"message": self.message, "code": self.code}
        if self.errors:
            body["errors"] = self.errors
        return body | self.extra


def unauthorized() -> DiscordError:
    """No token, or a wrong one."""
    return DiscordError(401, 0, "401: Unauthorized")


def not_found() -> DiscordError:
    """No such route."""
    return DiscordError(404, 0, "404: Not Found")


def unknown(what: str) -> DiscordError:
    """No such object."""
    codes = {
        "Channel": 10003,
        "Guild": 10004,
        "Member": 10007,
        "Message": 10008,
        "Role": 10011,
        "User": 10013,
        "Webhook": 10015,
        "interaction": 10062,
        "application command": 10063,
    }
    return DiscordError(404, codes[what], f"Unknown {what}")


def already_acknowledged() -> DiscordError:
    """A second answer to one interaction."""
    return DiscordError(400, 40060, "Interaction has already been acknowledged.")


def dead_token() -> DiscordError:
    """An interaction token older than its quarter of an hour."""
    return DiscordError(401, 50027, "Invalid Webhook Token")


def too_large() -> DiscordError:
    """A file over 10 MiB or a request over 25 MiB."""
    return DiscordError(413, 40005, "Request entity too large")


def empty_message() -> DiscordError:
    """Nothing to show."""
    return DiscordError(400, 50006, "Cannot send an empty message")


def missing_access() -> DiscordError:
    """The application lacks an approval."""
    return DiscordError(403, 50001, "Missing Access")


def missing_permissions() -> DiscordError:
    """The bot may not do that."""
    return DiscordError(403, 50013, "Missing Permissions")


def foreign_message() -> DiscordError:
    """Only the author of a message may edit it."""
    return DiscordError(403, 50005, "Cannot edit a message authored by another user")


def system_message() -> DiscordError:
    """A message that Discord itself wrote: nobody can do that with it."""
    return DiscordError(400, 50021, "Cannot execute action on a system message")


def wrong_channel_type() -> DiscordError:
    """A channel of another kind: threads have no threads of their own."""
    return DiscordError(400, 50024, "Cannot execute action on this channel type")


def thread_archived() -> DiscordError:
    """Also what Discord says of a locked thread, to whoever may not manage threads."""
    return DiscordError(403, 50083, "Thread is archived")


def thread_exists() -> DiscordError:
    """A message has one thread at most."""
    return DiscordError(400, 160004, "A thread has already been created for this message")


def too_many_threads() -> DiscordError:
    """The guild has as many active threads as a guild may have."""
    return DiscordError(400, 160006, "Maximum number of active threads reached")


class Problems:
    """Collects what is wrong with a body, by path, as Discord reports it: all at once."""

    def __init__(self) -> None:
        self._errors: Json = {}

    def add(self, path: tuple[str | int, ...], code: str, message: str) -> None:
        """Note a problem at that place of the body."""
        node = self._errors
        for step in path:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def required(self, path: tuple[str | int, ...]) -> None:
        """A field that must be there is not."""
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required")

    def choice(self, path: tuple[str | int, ...], allowed: str) -> None:
        """A value outside the allowed set."""
        self.add(path, "BASE_TYPE_CHOICES", f"Value must be one of {{{allowed}}}.")

    def length(self, path: tuple[str | int, ...], value: object, low: int, high: int) -> None:
        """Check the length of a string or list; anything else is a wrong type."""
        if not isinstance(value, str | list):
            self.add(path, "BASE_TYPE_BAD_TYPE", "This value has the wrong type")
        elif low == 0 and len(value) > high:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")
        elif not low <= len(value) <= high:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")

    def number(self, path: tuple[str | int, ...], value: object, low: int, high: int) -> None:
        """Check the range of an integer."""
        if isinstance(value, bool) or not isinstance(value, int):
            self.add(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        elif value < low:
            self.add(path, "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {low}.")
        elif value > high:
            self.add(path, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")

    def error(self) -> DiscordError:
        """Return the refusal of the body for all problems so far."""
        return DiscordError(400, 50035, "Invalid Form Body", self._errors)

    def raise_if_any(self) -> None:
        """Refuse the body where there are problems."""
        if self._errors:
            raise self.error()


def invalid(path: tuple[str | int, ...], code: str, message: str) -> DiscordError:
    """A refusal of the body for one reason."""
    problems = Problems()
    problems.add(path, code, message)
    return problems.error()
