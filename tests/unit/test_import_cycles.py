"""No import circles: each module can be read, and changed, after the ones that it imports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import grimp
import pytest

PACKAGES = ("bot", "cli", "core", "portraits", "sandbox", "worker")


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    """What each module imports of ours, also in functions and for type checks alone."""
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=False, cache_dir=None)
    return {module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules}


def test_no_module_imports_itself_by_way_of_others(imports: dict[str, set[str]]) -> None:
    circles = [sorted(part) for part in strongly_connected(imports) if len(part) > 1]

    assert circles == []


def test_imports_for_type_checks_alone_count(imports: dict[str, set[str]]) -> None:
    assert "bot.context" in imports["bot.ui.language"]


@pytest.mark.parametrize(
    ("imports", "parts"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, [["a"], ["b"], ["c"]]),
        ({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}, [["a", "b", "c"], ["d"]]),
        ({"a": {"b", "c"}, "b": {"a"}, "c": {"d"}, "d": {"c"}}, [["a", "b"], ["c", "d"]]),
    ],
)
def test_strongly_connected_parts(imports: dict[str, set[str]], parts: list[list[str]]) -> None:
    assert sorted(sorted(part) for part in strongly_connected(imports)) == parts


def strongly_connected(graph: Mapping[str, Iterable[str]]) -> list[set[str]]:
    """Split a directed graph into its strongly connected components (Kosaraju's algorithm)."""
    backwards: dict[str, set[str]] = {node: set() for node in graph}
    for node, targets in graph.items():
        for target in targets:
            backwards[target].add(node)
    seen: set[str] = set()
    finished = [node for start in graph for node in postorder(graph, start, seen)]
    seen.clear()
    return [part for start in reversed(finished) if (part := set(postorder(backwards, start, seen)))]


def postorder(graph: Mapping[str, Iterable[str]], start: str, seen: set[str]) -> list[str]:
    """Visit what can be reached from a node and was not seen; each after what it leads to."""
    if start in seen:
        return []
    seen.add(start)
    finished, stack = [], [(start, iter(graph[start]))]
    while stack:
        node, targets = stack[-1]
        target = next((target for target in targets if target not in seen), None)
        if target is None:
            finished.append(node)
            stack.pop()
        else:
            seen.add(target)
            stack.append((target, iter(graph[target])))
    return finished
