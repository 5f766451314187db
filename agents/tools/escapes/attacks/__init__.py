"""The attempts themselves, which run inside the sandbox.

Each function gets the traps that lie outside (`traps.py`) and returns what it got hold of, in
words. OSError means that it was refused. Nothing here does harm where it succeeds: it touches
only traps, opens without writing, and every bomb and every process left behind is bounded.

No import of Tenon: any Python from 3.8 runs this folder, by `START`.
"""

START = """\
import sys
sys.path.insert(0, sys.argv.pop(1))
from attacks.__main__ import main
main(*sys.argv[1:])
"""
"""What ``python -I -S -c`` gets, with the folder above this one, the attempt's name and its traps
in JSON as arguments."""
