"""The variational autoencoder: network, training step, trainer, and the generator that draws."""
