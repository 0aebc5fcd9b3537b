import signal
for number in sorted(signal.valid_signals()):
    print(number, getattr(signal.getsignal(number), "__name__", signal.getsignal(number)))
print(signal.pthread_sigmask(signal.SIG_BLOCK, []))
