class Mine(Exception):
    class Inner(Exception):
        pass
raise Mine.Inner("qualified", 2)
