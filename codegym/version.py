"""The version, for the package and what records it."""

__version__ = "0.1.0"
