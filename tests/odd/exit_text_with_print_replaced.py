import builtins
import sys
builtins.print = lambda *words, **options: sys.stdout.write("replaced\n")
print("x")
sys.exit("text")
