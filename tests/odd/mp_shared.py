import multiprocessing
from multiprocessing import shared_memory
def work(value, lock, name):
    memory = shared_memory.SharedMemory(name)
    memory.buf[0] = 7
    memory.close()
    for _ in range(100):
        with lock:
            value.value += 1
if __name__ == "__main__":
    memory = shared_memory.SharedMemory(create=True, size=10)
    value, lock = multiprocessing.Value("i", 0), multiprocessing.Lock()
    children = [multiprocessing.Process(target=work, args=(value, lock, memory.name)) for _ in range(2)]
    [child.start() for child in children]
    [child.join() for child in children]
    print(value.value, memory.buf[0])
    memory.close()
    memory.unlink()
