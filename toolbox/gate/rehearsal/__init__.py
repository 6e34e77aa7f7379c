"""A deployment, rehearsed: new revisions run on many rows while what serves now is used."""
