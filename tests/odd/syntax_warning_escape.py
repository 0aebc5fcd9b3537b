import re
print(re.split("\s+", "a b\d"))
