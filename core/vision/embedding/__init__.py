"""Align a face and embed it: 128 numbers from dlib's network."""
