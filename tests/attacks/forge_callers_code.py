# Tries: exchanges the code of the runner's functions for one that returns 0, then fails
# Must: at best it has ended well, without an answer
# Status: ok|runtime_error
import gc, types
names = {"report", "finish", "flush", "child", "run_script", "supervise", "wait_for", "kill_the_rest", "condition", "wipe"}
def zero(*a, **k):
    return 0
for one in gc.get_objects():
    if isinstance(one, types.FunctionType) and one.__name__ in names:
        try:
            one.__code__ = zero.__code__
        except ValueError:
            pass
1 / 0
