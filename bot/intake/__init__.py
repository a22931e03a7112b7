"""Intake: from a command, with or without photos, to a queued job."""
