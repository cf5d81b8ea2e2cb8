"""Response, relapse, and how long either takes."""
