"""Build the ageing service with the real networks, which are loaded when they are first needed."""

from __future__ import annotations
