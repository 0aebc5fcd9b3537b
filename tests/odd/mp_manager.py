import multiprocessing
def work(shared, n):
    shared[n] = n * n
if __name__ == "__main__":
    with multiprocessing.Manager() as manager:
        shared = manager.dict()
        child = multiprocessing.Process(target=work, args=(shared, 4))
        child.start()
        child.join()
        print(dict(shared))
