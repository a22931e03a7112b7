"""Keeps Keras from importing scikit-learn and matplotlib.

Keras imports both wherever they are installed, for wrappers and plots that nothing here calls: a third of the time that
TensorFlow and Keras take to import, and 85 MB. Modules that are not of Keras import them as ever.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import FrameType, ModuleType

_UNUSED = frozenset({"sklearn", "matplotlib"})


def lean_keras() -> None:
    """Install a finder by which Keras, once it is imported, finds neither package."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    """Raises ModuleNotFoundError where Keras imports one of them; asked for no module that is imported already."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname in _UNUSED and _importer().partition(".")[0] == "keras":
            raise ModuleNotFoundError(f"Keras does without {fullname} here", name=fullname)
        return None


def _importer() -> str:
    """Return the name of the module whose import statement is being carried out by this thread."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - a documented function of CPython
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name != __name__ and name.partition(".")[0] != "importlib":
            return name
        frame = frame.f_back
    return ""
