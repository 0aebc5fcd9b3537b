import multiprocessing
def work(pipe):
    pipe.send(["from", "the", "child"])
if __name__ == "__main__":
    context = multiprocessing.get_context("forkserver")
    here, there = context.Pipe()
    child = context.Process(target=work, args=(there,))
    child.start()
    print(here.recv())
    child.join()
