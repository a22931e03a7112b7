"""Pictures of no face, to test what a recogniser says of them."""
