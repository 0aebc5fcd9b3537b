# Tries: a FIFO where the runner writes the next program, at which it would wait for ever
# Must: gone before that
# Status: ok
# Stdout: contained
import os
os.unlink("/box/main.py")
os.mkfifo("/box/main.py")
print("contained")
