"""What codegym raises. A program's failure is a verdict, never one of these.

::

    CodegymError
    ├── UsageError            an argument is not what it must be (a ValueError too)
    ├── ProblemError          a problem file or set is malformed, or a problem id unknown (a ValueError too)
    ├── AgentError            an agent raised, or answered with something else than text
    │   └── RequestError          one request to an agent failed; says nothing about the agent
    └── SandboxError          we failed to run a program; says nothing about the program
        ├── SandboxUnavailable    no box can be had here at all
        └── BoxFailure            one box broke; the pool replaces it and tries again
"""


class CodegymError(Exception):
    """Base of everything that codegym raises on purpose; its text is one sentence for a person."""


class UsageError(CodegymError, ValueError):
    """An argument was not what it must be."""


class ProblemError(CodegymError, ValueError):
    """A problem file or problem set cannot be used."""


class AgentError(CodegymError):
    """An agent failed to give an answer."""


class RequestError(AgentError):
    """One request to an agent failed, tries having been made; the same request may be made again."""


class SandboxError(CodegymError):
    """A program could not be run through no fault of its own; the same call may be made again."""


class SandboxUnavailable(SandboxError):
    """No sandbox of the wanted kind can be had on this machine."""


class BoxFailure(SandboxError):
    """One box died, went silent or spoke nonsense."""
