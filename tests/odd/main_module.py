import sys
import types
main = sys.modules["__main__"]
print(main, type(main) is types.ModuleType, main.__dict__ is globals(), locals() is globals())
print("main" in sys.modules, hasattr(main, "__path__"))
