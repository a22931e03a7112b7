"""Acts as members of the sandbox's guild: for tests, benchmarks and scripts."""

from __future__ import annotations

from sandbox.driver.driver import Driver
from sandbox.driver.feed import DriverError, NoResponseError
from sandbox.driver.invocation import Invocation
from sandbox.driver.member import Member

__all__ = ["Driver", "DriverError", "Invocation", "Member", "NoResponseError"]
