"""Render pictures for answers (photos with labels, grids, films, charts) with Pillow and matplotlib."""
