"""Train the models that come with the product, on drawn people."""
