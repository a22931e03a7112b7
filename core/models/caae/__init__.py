"""The conditional adversarial autoencoder (CAAE): networks, training step, trainer, and the ager."""
