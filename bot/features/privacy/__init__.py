"""/privacy: what is kept and why, the own data, and forgetting members and people."""
