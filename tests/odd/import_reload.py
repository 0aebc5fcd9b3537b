import importlib
import json
json.kept = 1
print(importlib.reload(json).kept)
importlib.reload(importlib.import_module("__main__"))
