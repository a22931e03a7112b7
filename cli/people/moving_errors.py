"""Sentences for what may be wrong with a file of moved faces, with the place where it is wrong."""

from __future__ import annotations

from cli.error_texts import error_text
from cli.output.escaping import escape
from core.domain.errors import ErrorCode, OmokageError

_TEXTS = {
    "no-archive": "it is not a zip file, or is damaged",
    "many-files": "there are more than {limit:,} files in it",
    "large": "unpacked it would have more than {limit:,} bytes",
    "bomb": "{file} is packed as no picture can be",
    "path": "{file} points out of the archive",
    "link": "{file} is a link or a device",
    "encrypted": "{file} is encrypted",
    "duplicate": "there are two files called {file}",
    "no-manifest": "there is no manifest.json at its top; folders of pictures are imported by omokage data import",
    "manifest": "manifest.json is not one of an export, or does not agree with the tables",
    "newer": "it was made by a later Omokage (form {version}); update this one",
    "foreign": "{file} belongs to no face of the export",
    "missing": "{file} is missing",
    "changed": "{file} is not what it was when the export was made",
    "file-size": "{file} is larger than {limit:,} bytes",
    "photo": "{file} is no picture that can be read",
    "outside": "a face does not lie in its photo {file}",
    "json": "{file} is no JSON",
    "table": "{file}, line {line}: it cannot be read as CSV in UTF-8",
    "columns": "{file} has not the columns {columns}",
    "cell": "{file}, line {line}: the column {column} has a value that cannot be right",
    "name": "{file}, line {line}: {name_text}",
    "name-twice": "{file}, line {line}: somebody has this name already",
    "many-faces": "there are more than {limit:,} faces",
    "tasks": "{file} is no list of Label Studio's tasks (export the project as JSON)",
    "task": "{file}, task {task}: it is not as Label Studio writes it (export the project as JSON, not JSON-MIN)",
    "task-name": "{file}, task {task}: {name_text}",
    "unlabelled": "{file}: nobody says whom face {face} shows or does not show",
}


def moving_error_text(error: OmokageError) -> str:
    """Return what is wrong with a file, without a capital letter or a full stop."""
    details = {name: escape(value) if isinstance(value, str) else value for name, value in error.details.items()}
    if error.code is ErrorCode.PEOPLE_KNOWN:
        more = f" and {details['more']} more" if details.get("more") else ""
        return f"{error_text(error)}: {details['names']}{more}; --force merges them with those of the file"
    if error.code is not ErrorCode.BAD_EXPORT:
        return error_text(error)
    if "why" in details:
        name_error = OmokageError(ErrorCode.BAD_NAME, reason=str(details["why"]))
        details["name_text"] = error_text(name_error)
    return _TEXTS[str(details["reason"])].format_map(details)
