import threading
import time
def work():
    time.sleep(0.1)
    print("thread", threading.main_thread().is_alive())
threading.Thread(target=work).start()
print("main ends")
