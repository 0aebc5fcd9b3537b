"""The walls that a runner builds around itself and its children, for what no engine or namespace gives.

Landlock (files, TCP, signals, abstract sockets; as far as the kernel's version of it goes), a filter of system calls,
and a user id of its own. The standard library has no functions for these, so the calls are made here by number.
Standard library only.
"""

import ctypes
import os
import stat
import struct

libc = ctypes.CDLL(None, use_errno=True)
prctl = libc.prctl

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
PR_SET_KEEPCAPS, PR_SET_SECCOMP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 8, 22, 36, 38
CAP_SETUID = 1 << 7

READ_DIR = 1 << 3
READ = 1 << 0 | 1 << 2 | READ_DIR  # to run, to read, to list
OF_FILES = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15
DEVICES = 1 << 6 | 1 << 11
FILES_BY_ABI = (0, (1 << 13) - 1, (1 << 14) - 1, (1 << 15) - 1, (1 << 15) - 1, (1 << 16) - 1)
TCP = 0b11
SCOPES = 0b11


def abi():
    """The version of Landlock that this kernel has; 0 without."""
    return max(0, libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), 1))


def ruleset(version, allowed):
    """A set of rules that allows of files, TCP and signals only ``allowed``: pairs of a path and what is beneath it."""
    files = FILES_BY_ABI[min(version, 5)]
    given = struct.pack("QQQ", files, TCP, SCOPES)[: 8 if version < 4 else 16 if version < 6 else 24]
    rules = checked(libc.syscall(CREATE_RULESET, given, ctypes.c_size_t(len(given)), 0))
    for path, access in allowed:
        try:
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue  # what is not there needs no rule
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            access &= OF_FILES
        checked(libc.syscall(ADD_RULE, rules, 1, struct.pack("=Qi", access & files, place), 0))
        os.close(place)
    return rules


def restrict(rules):
    """Hold this process, and all that it will start, to a set of rules for good."""
    checked(libc.syscall(RESTRICT_SELF, rules, 0))


def filter_calls(program):
    """Install a compiled filter of system calls."""
    code = ctypes.create_string_buffer(program, len(program))
    checked(prctl(PR_SET_SECCOMP, 2, struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(code)), 0, 0))


def refuse_connections():
    """For where there is no namespace of the network: no UNIX sockets but connected pairs of streams.

    Landlock does not keep a program from sockets that have a path, such as that of an agent or an engine.
    """
    socket, connect, pair = (41, 42, 53) if os.uname().machine == "x86_64" else (198, 203, 199)
    instructions = (
        (0x20, 0, 0, 0),  # the number of the call
        (0x15, 5, 0, socket),
        (0x15, 4, 0, connect),
        (0x15, 0, 2, pair),
        (0x20, 0, 0, 24),  # its second argument: the type
        (0x45, 1, 0, 0b1110),
        (0x06, 0, 0, 0x7FFF0000),
        (0x06, 0, 0, 0x00050001),
    )
    install(instructions)


def refuse_changes():
    """For where programs have the user id of whoever started this box, and with it the right to change its files.

    Landlock does not keep them from changing modes, owners, times and attributes, wherever a file is. So neither they
    nor this process can.
    """
    users.one = True
    x86 = (90, 91, 92, 93, 94, 132, 188, 189, 190, 197, 198, 199, 235, 260, 261, 268, 280, 452, 463, 466)
    arm = (5, 6, 7, 14, 15, 16, 52, 53, 54, 55, 88, 452, 463, 466)
    refused = x86 if os.uname().machine == "x86_64" else arm
    instructions = [(0x20, 0, 0, 0)]
    instructions += [(0x15, len(refused) - place, 0, number) for place, number in enumerate(refused)]
    instructions += [(0x06, 0, 0, 0x7FFF0000), (0x06, 0, 0, 0x00050001)]
    install(instructions)


def install(instructions):
    """Install a filter of system calls: code, where to go on if so and if not, and a number, for each instruction."""
    filter_calls(b"".join(struct.pack("HBBI", *instruction) for instruction in instructions))


def checked(result):
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def everything(version):
    """All that can be done with files, but making devices."""
    return FILES_BY_ABI[min(version, 5)] & ~DEVICES


class Users:
    """Whose processes are whose, where programs have a user id of their own: neither can signal or trace the other.

    The runner keeps the right to change its user id, to become for a moment who the programs are.
    """

    runner = program = None
    one = False
    """Whether programs have this process's user id, and neither can change modes and times of files."""

    def divide(self, runner, program):
        self.runner, self.program = runner, program
        os.setgroups([])
        os.setresgid(runner, runner, runner)
        prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
        os.setresuid(runner, runner, runner)
        keep_capabilities(CAP_SETUID)

    def __enter__(self):
        """Be who the programs are."""
        if self.program is not None:
            os.seteuid(self.program)

    def __exit__(self, *error):
        if self.program is not None:
            os.seteuid(self.runner)

    def become_program(self):
        if self.program is not None:
            os.setresuid(self.program, self.program, self.program)
            keep_capabilities(0)


def keep_capabilities(kept):
    header = struct.pack("Ii", 0x20080522, 0)
    checked(libc.capset(header, struct.pack("IIIIII", kept, kept, 0, 0, 0, 0)))


users = Users()
