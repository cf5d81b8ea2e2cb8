"""Long work that a process elsewhere does, where REDIS_URL is set: given, told as it is done, given up."""
