"""The documents: links lead somewhere, files that are named exist, and both READMEs say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
STRUCTURE = ["README.md", "README.ja.md", "CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md", "docs/starter.md"]
PACKAGES = ("benchmarks/", "bot/", "cli/", "core/", "docs/", "portraits/", "sandbox/", "tests/", "worker/")
EXAMPLES = {"core/services/sharpening/service.py", "bot/features/sharpen/"}  # of CONTRIBUTING.md: to be written


def code_spans(text: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def commands(text: str) -> set[str]:
    """What is to be typed: shell lines without their comments, and code spans that begin like a command."""
    shell = [
        line.split("#")[0].strip()
        for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
        for line in block.splitlines()
    ]
    spans = [span for span in code_spans(text) if re.match(r"/[a-z]|(make|omokage|docker|\.venv/bin/omokage)\b", span)]
    return {line for line in [*shell, *spans] if line and not line.startswith("git clone")}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_to_files(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", document.read_text("utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("name", STRUCTURE)
def test_files_and_folders_that_are_named_exist(name: str) -> None:
    named = [span for span in code_spans((ROOT / name).read_text("utf-8")) if span.startswith(PACKAGES)]
    paths = [span for span in named if re.fullmatch(r"[\w./-]+", span) and span not in EXAMPLES]
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_both_readmes_name_the_same_commands() -> None:
    english, japanese = (commands((ROOT / name).read_text("utf-8")) for name in ("README.md", "README.ja.md"))
    assert len(english) > 40
    assert english == japanese


def test_both_readmes_name_the_same_subcommands_and_documents() -> None:
    english, japanese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.ja.md"))
    for pattern in (r"`([a-z]+)`", r"\]\(((?!README)[^)]+)\)"):
        assert set(re.findall(pattern, english)) == set(re.findall(pattern, japanese)), pattern
