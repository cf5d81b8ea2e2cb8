"""`python -m figures.paper STUDY --state '#…' --profile elsevier-90 --out fig.svg`: the figure for a journal by a
command, which is `publishing/paper.py`; nothing of it is imported here, since it stands to the right of the figures."""

import runpy

if __name__ == "__main__":
    runpy.run_module("publishing.paper", run_name="__main__")
