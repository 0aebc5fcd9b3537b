import sys
sys.stdout = open("out.txt", "w")
print("into a file")
sys.stdout.close()
sys.stdout = sys.__stdout__
print(open("out.txt").read())
