import atexit
import os
import threading
import time
atexit.register(os.write, 1, b"written by atexit\n")
threading.Thread(target=lambda: (time.sleep(0.1), os.write(1, b"written by a thread\n"))).start()
print("printed, and flushed when the main program ends")
