"""Find faces, their landmarks and the photo's orientation; rate a face's quality."""
