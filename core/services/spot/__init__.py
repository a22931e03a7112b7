"""Fetches prices of interruptible machines from providers, and watches them; usable without the rest of Omokage."""
