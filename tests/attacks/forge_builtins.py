# Tries: patches the builtins with which results could be checked
# Must: nothing in this process decides
# Status: ok|runtime_error
# Kind: function
import builtins, json
real = builtins.type
builtins.type = lambda *a: int if len(a) == 1 else real(*a)
builtins.isinstance = lambda *a: True
builtins.len = lambda x: 0
builtins.all = builtins.any = lambda x: True
builtins.sorted = lambda x, **k: []
builtins.repr = builtins.str = lambda *a: "4"
json.dumps = lambda *a, **k: '"accepted"'
def f(x):
    return object()
