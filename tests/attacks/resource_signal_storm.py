# Tries: a timer that interrupts every few microseconds, and children that send signals all the time
# Must: its own affair
# Status: ok|time_limit_exceeded
# Stdout: contained
import os, signal, time
for number in (signal.SIGALRM, signal.SIGUSR1):
    signal.signal(number, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 1e-5, 1e-5)
me = os.getpid()
if os.fork() == 0:
    while True:
        os.kill(me, signal.SIGUSR1)
time.sleep(0.1)
signal.setitimer(signal.ITIMER_REAL, 0)
print("contained")
