"""An HTTP service over any sandbox: judge, run, play episodes. FastAPI is imported where it is first used."""

from codegym.server.settings import ServerSettings

__all__ = ["ServerSettings"]
