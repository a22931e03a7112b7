"""The DCGAN: networks, training step, trainer, and the generator that draws."""
