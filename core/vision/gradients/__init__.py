"""Differentiable views of a photo: resizing, turning and JPEG compression, with their gradients."""
