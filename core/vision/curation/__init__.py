"""Measurements by which pictures are chosen for training: subject, detail, text, copies."""
