# Tries: looks for problem files, with their private tests, and for codegym itself wherever it could be installed
# Must: not in the box
# Status: ok
# Stdout: contained
# Limits: cpu_s=6 wall_s=12
# Reads: every folder
import os
for top, folders, names in os.walk("/"):
    folders[:] = [name for name in folders if top != "/" or name not in ("proc", "sys", "dev")]
    if top == "/opt/codegym":
        continue
    for name in folders:
        if name == "codegym" and top != "/opt" and top != "/run" or name.startswith("codegym-") and name.endswith("-info"):
            print("reached:", top, name)
    for name in names:
        if name.endswith((".yaml", ".yml")):
            try:
                if "private_tests" in open(f"{top}/{name}", errors="replace").read(100_000):
                    print("reached:", top, name)
            except OSError:
                pass
print("contained")
