from multiprocessing import Process, Queue
def work(queue, n):
    queue.put((n, n**2))
if __name__ == "__main__":
    queue = Queue()
    workers = [Process(target=work, args=(queue, n)) for n in range(3)]
    [worker.start() for worker in workers]
    print(sorted(queue.get() for _ in workers))
    [worker.join() for worker in workers]
    print([worker.exitcode for worker in workers])
