"""Jobs: rows from the command until the answer is posted, with leases and an outbox."""
