"""Frozen dataclasses and pure rules; no framework, no numpy, so that the bot can import them."""
