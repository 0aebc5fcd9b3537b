import cProfile
import io
import pstats
def work():
    return sum(range(1000))
profile = cProfile.Profile()
profile.runcall(work)
out = io.StringIO()
pstats.Stats(profile, stream=out).print_stats("work")
print("main.py" in out.getvalue(), "1 function" in out.getvalue() or "2 function" in out.getvalue())
cProfile.run("print(work())", "profile.out")
