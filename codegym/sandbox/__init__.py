"""Where programs run: apart from this process, in boxes that nothing of a test's expected output enters."""

from codegym.sandbox.base import Execution, Sandbox
from codegym.sandbox.factory import make_sandbox
from codegym.sandbox.scripted import ScriptedSandbox

__all__ = ["Execution", "Sandbox", "ScriptedSandbox", "make_sandbox"]
