"""/help, /about, /health."""
