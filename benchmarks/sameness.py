"""Hashes of what seeded commands give: run it before and after a change that must not change any answer.

`python -m benchmarks sameness [--json FILE] [--against FILE]`. Everything goes through the command line, whose formats
are fixed, so that it runs on any state of the code. Hashes of floating-point work differ between kinds of processors:
compare runs of one machine. With `--against` a file of an earlier run, it names what differs and ends with status 1.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image

from benchmarks.helpers.report import Figures, print_and_keep
from portraits import default_people, group, portrait

PER_PERSON = 9  # drawing is learnt from a hundred pictures at least
ENROLLED = 5
# What differs between two runs of the same code: measured times, the clock, the folder's name.
_VARYING = re.compile(
    r'"(?:seconds|step_seconds|ms_per_step|created_at|started_at|finished_at|at|created|per_second)": [^,}\]]+'
)


def run() -> Figures:
    """Name of what was made -> the first sixteen digits of its SHA-256."""
    with tempfile.TemporaryDirectory(prefix="omokage-sameness-") as folder:
        return dict(_hashes(Path(folder)))


def _hashes(folder: Path) -> Iterator[tuple[str, str]]:
    people, groups = _draw(folder / "drawn")
    data = folder / "data"

    def omokage(*arguments: str | Path) -> str:
        return _omokage(data, folder, [str(argument) for argument in arguments])

    for person in people[:ENROLLED]:
        omokage("people", "enrol", person.name, *sorted(person.iterdir())[:3])
    yield "answers", _text(omokage("classify", "--json", *groups, *(sorted(each.iterdir())[3] for each in people)))

    omokage("data", "import", folder / "drawn", "--name", "drawn")
    omokage("data", "import", folder / "drawn", "--name", "faces", "--unlabelled")
    omokage("data", "export", "drawn", folder / "export")
    yield "export", _files(folder / "export", "*.jpg", "*.png")

    trainings = {
        "embedding": ("recogniser", "--data", "drawn", "--head", "embedding"),
        "cnn": ("recogniser", "--data", "drawn", "--preset", "slim", "--size", "32", "--steps", "30", "--batch", "16"),
        "dcgan": ("dcgan", "--data", "faces", "--preset", "small", "--steps", "20", "--batch", "8"),
        "vae": ("vae", "--data", "faces", "--steps", "20", "--size", "64", "--batch", "8"),
    }
    for name, arguments in trainings.items():
        before = set(_blobs(data))
        omokage("train", *arguments, "--seed", "7")
        yield f"{name}: checkpoint", _files(data, *(str(blob.relative_to(data)) for blob in set(_blobs(data)) - before))
    yield "models", _text(omokage("model", "list", "--json"))
    yield "activations", _text(omokage("inspect", "v2", "--json"))
    yield "cross-validation", _text(omokage("evaluate", "--data", "drawn", "--json"))

    for model in ("starter dcgan", "starter vae", "dcgan v1", "vae v1"):
        out = folder / f"{model}.png"
        omokage("generate", "--count", "8", "--seed", "5", "--model", model, "--out", out)
        yield f"{model}: grid", _pixels(out)
    omokage(
        "generate", "--seed", "5", "--model", "starter dcgan", "--trait", "smile=1.5", "--out", folder / "trait.png"
    )
    yield "trait", _pixels(folder / "trait.png")
    photo = sorted(people[0].iterdir())[0]
    omokage("mix", "--add", photo, "--add", "3", "--model", "starter vae", "--out", folder / "mix.png")
    yield "mix", _pixels(folder / "mix.png")
    film = ("--out", folder / "film.webp", "--strip", folder / "strip.png")
    omokage("morph", "1", "2", "--model", "starter dcgan", *film)
    yield "morph", _pixels(folder / "strip.png") + _files(folder, "film.webp")[:4]

    omokage("model", "promote", "1", "--force", "drawn people")
    for mode in (("fool", "--start", photo), ("noise",), ("dream",)):
        out = folder / mode[0]
        omokage("optimize", "--target", people[1].name, "--mode", *mode, "--steps", "12", "--seed", "3", "--out", out)
        yield f"{mode[0]}: picture", _pixels(out / "picture.png")


def _draw(folder: Path) -> tuple[list[Path], list[Path]]:
    """Draw portraits, a folder a person, and two groups; return the folders and the groups' files."""
    people = []
    for person in default_people():
        own = folder / person.name
        own.mkdir(parents=True)
        for seed in range(PER_PERSON):
            Image.fromarray(portrait(person, seed=100 + seed, size=256).image).save(own / f"{seed}.png")
        people.append(own)
    groups = []
    for seed in (1, 2):
        groups.append(folder.parent / f"group-{seed}.png")
        Image.fromarray(group(default_people()[seed : seed + 4], seed=seed, width=640, height=480).image).save(
            groups[-1]
        )
    return people, groups


def _omokage(data: Path, folder: Path, arguments: list[str]) -> str:
    environment = {**os.environ, "OMOKAGE_DATA": str(data)}
    command = [sys.executable, "-P", "-m", "cli.main", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(f"{arguments}: {done.stderr[-2000:]}")
    return done.stdout.replace(str(folder), "")


def _blobs(data: Path) -> list[Path]:
    """Return the stored checkpoints: a safetensors file begins with eight bytes of length and then JSON."""
    return [file for file in data.rglob("*") if file.is_file() and file.read_bytes()[8:10] == b'{"']


def _text(text: str) -> str:
    return hashlib.sha256(_VARYING.sub("", text).encode()).hexdigest()[:16]


def _files(folder: Path, *patterns: str) -> str:
    digests = sorted(
        hashlib.sha256(file.read_bytes()).hexdigest() for pattern in patterns for file in folder.rglob(pattern)
    )
    if not digests:
        raise RuntimeError(f"no {patterns} in {sorted(folder.rglob('*'))[:40]}")
    return hashlib.sha256("".join(digests).encode()).hexdigest()[:16]


def _pixels(file: Path) -> str:
    with Image.open(file) as picture:
        return hashlib.sha256(picture.convert("RGB").tobytes()).hexdigest()[:16]


def main(arguments: Sequence[str]) -> int:
    """Print the hashes; 1 when one differs from those of `--against`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks sameness", description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="also write the hashes here")
    parser.add_argument("--against", type=Path, help="hashes of an earlier run")
    options = parser.parse_args(arguments)
    hashes = run()
    print_and_keep("sameness", hashes, options.json)
    before = json.loads(options.against.read_text()) if options.against else hashes
    different = sorted(name for name in before.keys() | hashes.keys() if before.get(name) != hashes.get(name))
    print(f"different: {', '.join(different)}" if different else "the same, all of it")
    return int(bool(different))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
