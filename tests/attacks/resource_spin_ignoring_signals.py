# Tries: blocks and ignores every signal that can be
# Must: ended by the one that cannot
# Status: time_limit_exceeded
# Limits: cpu_s=0.2
import signal
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))
while True:
    pass
