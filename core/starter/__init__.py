"""The models that come with the product: where they are, and what is known of them."""
