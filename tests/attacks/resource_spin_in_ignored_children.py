# Tries: ignores SIGCHLD, so that the kernel reaps each short-lived child and drops its CPU time from every sum
# Must: their CPU time counts all the same
# Status: time_limit_exceeded
# Limits: cpu_s=0.3 wall_s=4
import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
end = time.monotonic() + 2
while time.monotonic() < end:
    if os.fork() == 0:
        stop = time.process_time() + 0.02
        while time.process_time() < stop:
            pass
        os._exit(0)
    time.sleep(0.02)
print("reached: seconds of CPU time that nobody counted")
