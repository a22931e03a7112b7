"""Align a face and embed it: 256 numbers from dlib's network and SFace."""
