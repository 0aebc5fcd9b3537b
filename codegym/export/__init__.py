"""Runs in the forms of other libraries; each of these is imported only when it is written for."""

from codegym.export.to_datasets import export_chat, export_preferences
from codegym.export.to_inspect import export_inspect
from codegym.export.to_tensorboard import export_tensorboard

__all__ = ["export_chat", "export_inspect", "export_preferences", "export_tensorboard"]
