"""Prices of interruptible machines: what a provider's answer becomes, and the rules that need no network."""
