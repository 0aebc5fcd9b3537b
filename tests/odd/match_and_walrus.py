match [int(x) for x in input().split()]:
    case [n, *rest] if (total := sum(rest)) > n:
        print("more", total)
    case _:
        print("less")
