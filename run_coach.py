#!/usr/bin/env python3
"""Start the coach: ``python3 run_coach.py``. The first start makes the coach's own environment.

This file must be readable by any Python, however old, so that an old one can say that it is too old.
"""

import os
import sys

if sys.version_info < (3, 11):
    sys.stderr.write(
        "The coach needs Python 3.11 or newer, and this one is %d.%d. Install a newer Python "
        "and start this again with it, for example: python3.12 run_coach.py\n" % sys.version_info[:2]
    )
    sys.exit(2)

# Not there yet where Python was told to leave its paths alone (python3 -I).
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from coach.environment import run_coach

if __name__ == "__main__":
    sys.exit(run_coach(sys.argv[1:]))
