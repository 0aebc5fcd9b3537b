import __main__
import sys
def main():
    print(__name__, __main__.__name__, sys.modules["__main__"] is __main__, vars(__main__) is globals())
    return 3
if __name__ == "__main__":
    sys.exit(main())
