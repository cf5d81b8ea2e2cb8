"""AUTH=users: names and passwords of this server's own, and what lasts from a login to a logout."""
