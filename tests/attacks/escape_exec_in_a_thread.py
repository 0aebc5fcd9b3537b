# Tries: a thread other than the first replaces the whole process
# Must: still the same process to the runner
# Status: ok
# Stdout: contained
import os, threading, time
threading.Thread(target=lambda: os.execv("/bin/sh", ["sh", "-c", "sleep 0.05; echo contained"])).start()
time.sleep(30)
