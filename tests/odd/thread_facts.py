import os
import threading
main = threading.main_thread()
print(main is threading.current_thread(), main.name, main.daemon, [t.name for t in threading.enumerate()])
print(threading.get_native_id() == os.getpid(), main.native_id == os.getpid(), main.ident == threading.get_ident())
print(threading.stack_size(), threading.gettrace(), threading.TIMEOUT_MAX > 1)
