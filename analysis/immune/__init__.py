"""Immune samples: gates, counts of events, checks."""
