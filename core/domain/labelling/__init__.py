"""Rules of labelling by many members: what their answers say together, and when a face is settled."""
