import os
print(os.path.isfile(__file__))
os.remove(__file__)
os.mkdir(__file__)
1 // 0
