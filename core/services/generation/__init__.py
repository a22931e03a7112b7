"""Draw, morph and mix faces with trained generators."""
