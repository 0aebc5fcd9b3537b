if True:
    print("last line has no end")