"""Test-guided mutation: near misses mended by small typed changes that tests judge, no model.

The technique is that of search-based program repair (GenProg, Le Goues et al. 2012; mutation
operators after Offutt et al. 1996), on one function and within seconds.
"""

from agents.tools.mutation.candidates import changed_lines
from agents.tools.mutation.search import Change, Climb, climb, climb_by

__all__ = ["Change", "Climb", "changed_lines", "climb", "climb_by"]
