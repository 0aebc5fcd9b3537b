"""Reports of benchmark runs: tables, figures and a browser of episodes."""

from codegym.report.runs import Run, load_run, load_runs
from codegym.report.summary import Summary, summarize_run
from codegym.report.write import Report, make_report, write_report

__all__ = ["Report", "Run", "Summary", "load_run", "load_runs", "make_report", "summarize_run", "write_report"]
