# Tries: ends the first thread alone; the process looks dead (a zombie) while another thread spins
# Must: the CPU time of the rest counts
# Status: time_limit_exceeded
# Limits: cpu_s=0.3 wall_s=4
import ctypes, threading
def spin():
    while True:
        pass
threading.Thread(target=spin).start()
ctypes.CDLL(None).syscall(60, 0)
