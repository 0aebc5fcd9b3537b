import contextvars
import threading
variable = contextvars.ContextVar("variable", default=0)
variable.set(5)
threading.Thread(target=lambda: print("thread", variable.get())).start()
print(contextvars.copy_context().run(lambda: [variable.set(6), variable.get()][1]), variable.get())
