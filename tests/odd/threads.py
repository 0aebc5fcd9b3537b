import threading
lock = threading.Lock()
total = 0
def work(n):
    global total
    for _ in range(1000):
        with lock:
            total += n
threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(total, threading.active_count(), threading.current_thread().name)
