# Tries: a daemon thread that answers after the end, for the next test
# Must: dead by then
# Status: ok
# Stdout: contained
import os, threading, time
def answer():
    time.sleep(0.5)
    while True:
        os.write(1, b"reached: the next test\n")
threading.Thread(target=answer, daemon=True).start()
print("contained")
