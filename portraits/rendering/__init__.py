"""Arithmetic on fields of pixels, rays, colours and the scene."""
