"""Run the tests: ``python3 -m tests``, with pytest's own arguments after it."""

import sys

if sys.version_info < (3, 11):
    sys.exit("The coach's tests need Python 3.11 or newer.")

from coach.environment import run_tests

if __name__ == "__main__":
    sys.exit(run_tests(sys.argv[1:]))
