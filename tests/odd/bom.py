print("after the mark", open(__file__, "rb").read(3))
