import sys
import atexit
import threading
atexit.register(print, "atexit still runs")
print("before")
threading.Thread(target=print, args=("thread",)).start()
sys.modules.clear()
