"""The form of an export: names of its files, columns of its tables, and version; docs/moving.md describes it."""

from __future__ import annotations

FORMAT = "omokage-faces"
VERSION = 1  # of the form; a file of a later one is refused, since it may say what this Omokage would overlook

MANIFEST = "manifest.json"
PEOPLE = "people.csv"
FACES = "faces.csv"
CANNOT_LINKS = "cannot_links.csv"
CROPS = "faces"  # folder: one sub-folder for each person, a crop of each face in it
PHOTOS = "photos"  # folder: the photos as they are stored

PEOPLE_COLUMNS = ("person", "since", "objected_at")
# One a line. Files of before aliases moved lack the column, and an Omokage of that time passes over it.
ALIASES_COLUMN = "aliases"
MAX_ALIASES_TEXT = 100_000  # characters of that cell: hundreds of aliases
LANDMARK_COLUMNS = tuple(
    f"{point}_{axis}" for point in ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right") for axis in "xy"
)
BOX_COLUMNS = ("x", "y", "w", "h")
LABEL_COLUMNS = ("source", "labelled_at", "labelled_by")
FACE_COLUMNS = (
    *("face", "person", "file", "photo", "sha256"),
    *BOX_COLUMNS,
    "score",
    *LANDMARK_COLUMNS,
    *LABEL_COLUMNS,
    *("embedder", "embedding"),
)
CANNOT_LINK_COLUMNS = ("face", "person", *LABEL_COLUMNS)
TABLES = {PEOPLE: PEOPLE_COLUMNS, FACES: FACE_COLUMNS, CANNOT_LINKS: CANNOT_LINK_COLUMNS}

# A manifest has about 150 bytes a file, a row of faces 2,500: with MAX_FACES 12 MB and 100 MB.
MAX_MANIFEST_BYTES = 32 * 1024**2
MAX_TABLE_BYTES = 256 * 1024**2
MAX_PHOTO_BYTES = 10 * 1024**2  # core.vision.decoding.decode.CHAT_LIMITS: what every worker reads
