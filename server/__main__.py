"""``python -m server`` is the same as ``tenon``."""

import sys

from server.cli import main

sys.exit(main())
