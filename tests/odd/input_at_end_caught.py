while True:
    try:
        print(int(input("number? ")) + 1)
    except EOFError as error:
        print("end", error)
        break
