"""A clinic's own tables, one row a visit, a patient or a course."""
