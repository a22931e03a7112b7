"""The names of the face embeddings: which network and alignment made them, and how many numbers they have.

Only embeddings of the same name compare. A name is stored beside each embedding and on each version.
"""

from __future__ import annotations

DLIB = "dlib-resnet29-v1.align-1"  # until 2026-11: 128 numbers as the network gives them
DLIB_AND_SFACE = f"{DLIB}+sface-2021dec.align-1"  # see core/vision/embedding/joint.py
EMBEDDING_NAME = DLIB_AND_SFACE  # of whatever is stored from now on
EMBEDDING_SIZES = {DLIB: 128, DLIB_AND_SFACE: 256}
EMBEDDING_SIZE = EMBEDDING_SIZES[EMBEDDING_NAME]
EMBEDDER_NETWORKS = {DLIB: ("dlib",), DLIB_AND_SFACE: ("dlib", "sface")}
EMBEDDER_TITLES = {DLIB: "dlib's ResNet", DLIB_AND_SFACE: "dlib's ResNet and SFace"}  # in words; the bot has its own
