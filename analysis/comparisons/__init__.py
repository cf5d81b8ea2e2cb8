"""Comparisons that few patients bear: before and after, responders and others, the course of a group."""
