"""From a photo to names: read its faces, embed them, recognise them."""
