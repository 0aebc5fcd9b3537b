# Tries: modules named as those that the runner and other programs import
# Must: gone, and the runner imports none of them
# Status: ok
# Stdout: contained
import os, sys
for name in ("json", "values", "program", "traceback", "shutil", "sitecustomize", "usercustomize", "signal", "codecs", "linecache", "re", "warnings"):
    for folder in ("/box", "/tmp", "/dev/shm"):
        with open(f"{folder}/{name}.py", "w") as file:
            file.write("import os\nos.write(1, b'reached: an import')\n")
open("/box/os.pth", "w").write("import os; os.write(1, b'reached: a path file')")
print("contained")
