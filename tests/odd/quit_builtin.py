print(quit, exit, callable(help))
quit("bye")
