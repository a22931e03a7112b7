"""After an update: the embeddings of stored faces by the present face networks."""
