import os
import signal
def handle(number, frame):
    print("got", signal.Signals(number).name, frame.f_code.co_name)
signal.signal(signal.SIGUSR1, handle)
os.kill(os.getpid(), signal.SIGUSR1)
print("goes on")
