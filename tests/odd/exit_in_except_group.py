raise BaseExceptionGroup("group", [SystemExit(3), ValueError("v")])
