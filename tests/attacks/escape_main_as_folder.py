# Tries: a full folder where the runner writes the next program, and a lease on a file in it
# Must: gone before that
# Status: ok
# Stdout: contained
import fcntl, os
os.unlink("/box/main.py")
os.makedirs("/box/main.py/main.py")
file = open("/box/main.py/x", "w")
try:
    fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
except OSError:
    pass
print("contained")
