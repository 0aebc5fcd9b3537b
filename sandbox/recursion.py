"""The runner's frames below a program's, of which its limit on recursion is to know nothing. Standard library only."""

import sys

set_limit, get_limit = sys.setrecursionlimit, sys.getrecursionlimit


class Recursion:
    """What is added to every limit that a program sets or asks for."""

    usual = get_limit()
    hidden = 0

    def hide(self, frames):
        """So many frames are below a program's from now on."""
        self.hidden = frames
        set_limit(self.usual + frames)

    def hide_caller(self, more):
        """Those of the caller, all below it, and ``more`` that a child will have between it and the program's."""
        frame, frames = sys._getframe(1), more
        while frame:
            frame, frames = frame.f_back, frames + 1
        self.hide(frames)

    def stand_in(self):
        """Have programs find functions that hide them."""

        def setrecursionlimit(limit, /):
            set_limit(limit + self.hidden if limit > 0 else limit)

        def getrecursionlimit():
            return get_limit() - self.hidden

        sys.setrecursionlimit, sys.getrecursionlimit = setrecursionlimit, getrecursionlimit


recursion = Recursion()
