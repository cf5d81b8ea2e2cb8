"""From entries to the tables of a study."""
