"""Look into a trained network: activations of its layers."""
