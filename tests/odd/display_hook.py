import sys
sys.displayhook(3)
print(_)
exec(compile("6 * 7", "", "single"))
sys.stdout.write(str(sys.stdout.write("abc\n")) + "\n")
