"""Rules of data sets: their pictures, content, imports and curation."""
