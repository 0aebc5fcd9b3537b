import threading
barrier = threading.Barrier(30)
found = []
def work(n):
    barrier.wait()
    found.append(n)
threads = [threading.Thread(target=work, args=(n,)) for n in range(30)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(found))
