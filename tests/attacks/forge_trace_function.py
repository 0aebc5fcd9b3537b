# Tries: a trace function in all threads that rewrites what callers see
# Must: its own process alone
# Status: ok
# Stdout: contained
import sys, threading
def trace(frame, event, argument):
    frame.f_trace_opcodes = True
    return trace
threading.settrace(trace)
sys.settrace(trace)
sys.setprofile(lambda *a: None)
frame = sys._getframe().f_back
while frame:
    frame.f_trace = trace
    frame = frame.f_back
print("contained")
