import importlib.util
import runpy
if __name__ == "__main__":
    spec = importlib.util.spec_from_file_location("copy_of_me", __file__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    print(module.value, runpy.run_path(__file__, run_name="third")["value"])
value = "value of " + __name__
