"""Function problems: their tests, what a box is asked of them, and test code.

``calls`` has the tests as data, ``orders`` what a box is asked and what it answers, ``expectations`` the comparison on
the host. ``asserts`` (with ``static`` and ``trees``) reads test code as such tests; ``harness`` runs what could not be
read so; ``referenced`` lets a problem's reference answer.
"""

from codegym.functions.calls import Call, Calls, Expected, Harness, Raises

__all__ = ["Call", "Calls", "Expected", "Harness", "Raises"]
