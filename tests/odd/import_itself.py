print("running as", __name__)
if __name__ == "__main__":
    import main
    print(main.__name__, main.__file__, main.__spec__.name, main is not __import__("__main__"))
