import argparse
parser = argparse.ArgumentParser(description="nothing is given")
parser.add_argument("needed", type=int)
parser.print_help()
parser.parse_args()
