"""The HTTP interface for bots (API v10) and the CDN."""
