"""/optimize: pictures that the recogniser takes for somebody whom they do not show."""
