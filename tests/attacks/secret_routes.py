# Tries: looks for a way to the cloud's metadata service and this machine's network in what the kernel lists
# Must: no route, neighbour or connection but the loopback's
# Status: ok
# Stdout: contained
for name, skip in (("route", 1), ("arp", 1), ("tcp", 1), ("udp", 1), ("tcp6", 1), ("fib_trie", 0), ("ipv6_route", 0), ("if_inet6", 0)):
    try:
        lines = open("/proc/net/" + name).read().splitlines()[skip:]
    except OSError:
        continue
    for line in lines:
        local = line.split()[-1:] == ["lo"] or name == "fib_trie" and ("127." in line or not any(c.isdigit() for c in line.split("--")[-1].split("/")[0]))
        if not local and name in ("route", "arp", "if_inet6", "ipv6_route"):
            print("reached:", name, line)
        if name in ("tcp", "udp", "tcp6") and not line.split()[1].startswith(("0100007F", "00000000000000000000000001000000")):
            print("reached:", name, line)
print("contained")
