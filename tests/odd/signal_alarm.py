import signal
class Late(Exception):
    pass
def handle(number, frame):
    raise Late
signal.signal(signal.SIGALRM, handle)
signal.setitimer(signal.ITIMER_REAL, 0.05)
try:
    while True:
        pass
except Late:
    print("late")
