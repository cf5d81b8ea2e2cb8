"""`python -m handbook`: build the handbook that the page has under Help."""

import sys

from handbook.build import BuildError, build

if __name__ == "__main__":
    try:
        build()
    except BuildError as error:
        sys.exit(str(error))
