"""What was asked for: /jobs, /show, and the cancel button."""
