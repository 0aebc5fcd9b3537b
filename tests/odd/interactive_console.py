import code
code.interact(banner="", local={"x": 20}, exitmsg="bye")
