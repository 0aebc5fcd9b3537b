text = open(0).read()
print(len(text), text.split())
print(open("main.py").readline())
