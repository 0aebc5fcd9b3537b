try:
    from math import nothing
except ImportError as error:
    print(error)
import no_such_module_at_all
