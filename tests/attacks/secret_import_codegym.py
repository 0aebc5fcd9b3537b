# Tries: imports codegym, the judge's libraries and whatever else the host's Python has
# Must: standard library only
# Status: ok
# Stdout: contained
import glob, sys
for folder in sys.path + glob.glob("/usr/lib/python3*/*-packages") + glob.glob("/usr/local/lib/python3*/*-packages"):
    if folder not in sys.path:
        sys.path.append(folder)
for name in sys.modules:
    if name.startswith(("codegym", "docker", "gymnasium")) or name in ("values", "program", "runner"):
        print("reached:", name)
for name in ("codegym", "gymnasium", "datasets"):
    try:
        print("reached:", __import__(name))
    except ImportError:
        pass
print("contained")
