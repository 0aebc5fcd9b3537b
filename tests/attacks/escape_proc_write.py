# Tries: writes to what /proc has of PID 1
# Must: refused
# Status: ok
# Stdout: contained
for name, text in (
    ("oom_score_adj", "1000"), ("oom_adj", "15"), ("comm", "x"), ("coredump_filter", "1"), ("timerslack_ns", "1000000000"),
    ("autogroup", "19"), ("clear_refs", "1"), ("attr/current", "x"), ("mem", "x"), ("uid_map", "0 0 1"),
    ("setgroups", "deny"), ("loginuid", "0"), ("sched", "0"), ("make-it-fail", "1"), ("task/1/comm", "x"),
):
    try:
        with open("/proc/1/" + name, "w") as file:
            file.write(text)
        print("reached:", name)
    except OSError:
        pass
print("contained")
