"""Where a process listens."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """A host, by name or number, and a port; port 0 takes any free one."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def shifted(self, by: int) -> Address:
        """Return the address so many ports higher; a free port stays any free port."""
        return Address(self.host, self.port + by if self.port else 0)
