"""Moving a guild's labelled faces: out to a zip file or to Label Studio, and in again."""
