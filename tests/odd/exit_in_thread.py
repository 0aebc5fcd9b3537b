import sys
import threading
thread = threading.Thread(target=sys.exit, args=("ignored",))
thread.start()
thread.join()
print("main goes on")
