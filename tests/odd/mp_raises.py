import multiprocessing
def work():
    raise ValueError("in child")
if __name__ == "__main__":
    child = multiprocessing.Process(target=work)
    child.start()
    child.join()
    print(child.exitcode)
