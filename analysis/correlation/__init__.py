"""PASI against immune subsets over repeated visits."""
