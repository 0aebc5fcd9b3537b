# Tries: two threads, each waiting for the other's lock
# Must: the clock is a backstop
# Status: time_limit_exceeded
# Limits: wall_s=0.4
import threading, time
one, two = threading.Lock(), threading.Lock()
def take(first, second):
    with first:
        time.sleep(0.05)
        with second:
            pass
for pair in ((one, two), (two, one)):
    threading.Thread(target=take, args=pair).start()
