"""How much of a problem set can be trusted, measured."""

from codegym.audit.measure import Sampling, measure
from codegym.audit.record import ProblemAudit, ProgramAudit

__all__ = ["ProblemAudit", "ProgramAudit", "Sampling", "measure"]
