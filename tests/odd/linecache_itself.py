import linecache
print(linecache.getline(__file__, 2), linecache.getline("main.py", 1), linecache.getlines("nothing"))
