"""Studies in Reprise's own tables, and the study.toml that maps others to them."""
