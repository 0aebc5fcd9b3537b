# Tries: has memory in processes whose first thread has ended, so that their own files in /proc show none
# Must: the sum counts, or the kernel ends some of them
# Status: memory_limit_exceeded|ok
# Stdout: contained
import ctypes, os, threading, time
def hold():
    time.sleep(0.05)
    held = bytearray(50 << 20)
    for place in range(0, len(held), 4096):
        held[place] = 1
    time.sleep(3)
    os._exit(0)
for _ in range(5):
    if not os.fork():
        threading.Thread(target=hold).start()
        ctypes.CDLL(None).syscall(60, 0)
time.sleep(2)
ended = os.waitpid(-1, os.WNOHANG)[0]
print("contained" if ended else "reached: five times 50 MB")
