# Tries: files that Python and shells read from the home folder at start
# Must: gone
# Status: ok
# Stdout: contained
import os, sys
version = "python%d.%d" % sys.version_info[:2]
for name in (f".local/lib/{version}/site-packages/usercustomize.py", ".pythonrc.py", ".profile", ".bashrc", ".config/pip/pip.conf", "pyvenv.cfg"):
    os.makedirs(os.path.dirname("/box/" + name), exist_ok=True)
    open("/box/" + name, "w").write("print('reached: a file of the home folder')\n")
print("contained")
