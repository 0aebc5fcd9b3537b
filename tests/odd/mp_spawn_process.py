import multiprocessing
import sys
state = []
def work(n):
    print("child", n, state, __name__, sys.argv, flush=True)
    sys.exit(n)
if __name__ == "__main__":
    state.append("set in the parent")
    multiprocessing.set_start_method("spawn")
    child = multiprocessing.Process(target=work, args=(3,))
    child.start()
    child.join()
    print(child.exitcode)
