import os
text = open(__file__).read()
print(len(text), os.listdir("."))
with open(__file__, "a") as file:
    file.write("print('added')\n")
exec(open(__file__).read().splitlines()[-1])
