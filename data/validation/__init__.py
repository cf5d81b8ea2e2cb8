"""Whether tables are a study: checks, plausibility, assembly."""
