"""What is said where a library is not installed."""

from codegym.errors import UsageError


def missing(library: str, extra: str, error: ImportError) -> UsageError:
    """The error for a library that could not be imported.

    Args:
        library: its name on the index.
        extra: the extra of codegym that has it.
        error: what importing it gave; where something else within the library is amiss, that is named.
    """
    absent = isinstance(error, ModuleNotFoundError) and (error.name or "").replace("_", "-") == library
    got = "none" if absent else str(error)
    return UsageError(f"expected the package {library}, got {got}; install it with \"pip install 'codegym[{extra}]'\"")
