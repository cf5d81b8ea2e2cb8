"""`python -m figures.paper STUDY …`: the figure for a journal, by the command `python -m publishing.paper`, which draws
with what stands above the figures."""

import runpy

if __name__ == "__main__":
    runpy.run_module("publishing.paper", run_name="__main__")
