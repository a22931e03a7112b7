"""/settings: what moderators choose for their guild."""
