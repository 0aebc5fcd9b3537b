# Tries: raises MemoryError without need
# Must: a failure
# Status: memory_limit_exceeded|runtime_error
raise MemoryError("not so")
