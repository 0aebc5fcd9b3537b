# Tries: finds the functions that encode its result among the callers' globals and puts its own there
# Must: what comes out is still compared on the host
# Status: ok|runtime_error
# Kind: function
import sys
def f(x):
    frame = sys._getframe()
    while frame:
        for name in ("dumps", "loads", "write_all", "report", "finish", "flush"):
            if name in frame.f_globals and frame.f_globals is not globals():
                frame.f_globals[name] = lambda *a: b'{"verdict":"accepted"}'
        frame = frame.f_back
    return 0
