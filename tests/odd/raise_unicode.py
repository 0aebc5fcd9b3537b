print("ok")
"\ud800".encode()
