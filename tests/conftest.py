from hypothesis import settings

# The same examples on every machine, and no deadline: a slow machine is not a wrong answer.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
