"""Requests that want more than a Python program and its standard input: compiled programs, arguments, further files,
files to be given back, and programs that talk with somebody while they run. Standard library only.

Protocol: a REQUEST with the magic of ``WIDE``; then a JSON object (its size in the place of the entry point's), then
the program. For each input SIZE and a JSON object, then its standard input and its files, one after the other. For each
input RESULT, stdout, stderr and, instead of a returned value, the files wanted: SIZE and bytes, or STOP for none.
A program that talks has no standard input, and its output goes out as it comes: see ``relay.py``.
"""

import json
import os
import stat
import sys
from _signal import SIGKILL

from confine import users
from keeper import clean_up, supervise, take_away_program
from native import NOT_FOUND, Native, NativeLimits, Script
from pace import pace
from recursion import recursion
from relay import Relay
from stream import OK, RUNTIME, SIZE, STOP, result_head

WIDE = b"cgy2"


def serve(stream, options, sizes, limits, inputs, make_task, settle_code):
    """Answer one request. ``make_task`` and ``settle_code`` are the runner's ways with a Python program."""
    program_size, setup_size = sizes
    setup = json.loads(stream.read(setup_size))
    take_away_program()
    if setup["language"] == "python":
        program = Script(make_task(stream.read(program_size), setup["entry"], limits), settle_code)
    else:
        if not setup["command"]:
            Native.take(stream, program_size, setup["launcher"], setup["digest"])
        given = limits.cpu_s, limits.wall_s, limits.memory, limits.output
        program = Native(NativeLimits(*given, options, setup), setup)
    for _ in range(inputs):
        (size,) = SIZE.unpack(stream.read(SIZE.size) or SIZE.pack(STOP))
        if size == STOP:
            break
        given = json.loads(stream.read(size))
        if not program.is_there():
            stream.copy_to(None, given["stdin"] + sum(size for _, size in given["files"]))
            stream.write(result_head(RUNTIME, NOT_FOUND, 0.0, 0.0, 0, 0, 0, 0))
            continue
        run(stream, program, given, setup["talks"])
        clean_up()
        if not Native.is_as_taken():
            sys.exit("worn out")
        pace.count_run()


def run(stream, program, given, talks):
    """One run of a program."""
    standard = [os.memfd_create("io", os.MFD_CLOEXEC) for _ in range(3)]
    relay = Relay(stream, program.limits.output) if talks else None
    extra = program.files(standard)
    value = [os.memfd_create("io", os.MFD_CLOEXEC)] if given["wanted"] else program.value(extra)
    try:
        if given["stdin"]:
            stream.copy_to(standard[0], given["stdin"])
            os.lseek(standard[0], 0, os.SEEK_SET)
        program.prepare()
        lay_down(stream, given["files"])
        files = [*(relay.theirs() if relay else standard[:2]), standard[2], *extra]
        complaint = program.complaint()
        if not complaint:
            program.arguments = given["arguments"]
            result = measured(program, files, stream, relay)
            if relay and relay.ended and result[:2] == (RUNTIME, -SIGKILL):
                result = (OK, *result[1:])  # by the host, not by itself, by its limits, or by the compiler's work
            else:
                complaint = program.settle(result, files)
            if relay:
                relay.drain()
        if complaint:
            stream.write_complaint(complaint)
        else:
            for name in given["wanted"]:
                take_up(name, value[0], program.limits.output)
            stream.write_result(result, [*standard[1:], *value], program.limits.output)
        if relay:
            relay.end()
    finally:
        for file in {*standard, *extra, *value} - {Native.held}:
            os.close(file)
        if relay:
            relay.close()


def measured(program, files, stream, relay):
    """Supervise a run. It has other frames of ours below it than a run of the usual kind."""
    wait = relay.wait if relay else None
    job, launch = (None, program.launch) if program.launches() else (program.job, None)
    before, recursion.hidden = recursion.hidden, 0
    try:
        return supervise(job, program.limits, files, stream.source, wait, launch)
    finally:
        recursion.hide(before)


def lay_down(stream, entries):
    """Make the files of a run, and the folders (whose names end with a slash), as the programs' user."""
    for name, size in entries:
        if name.endswith("/"):
            with users:
                os.mkdir(name)
            continue
        with users:
            file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
        stream.copy_to(file, size)
        os.close(file)


def take_up(name, target, most):
    """Append a file that a run has left, if there is one that fits into ``most`` bytes; no link is followed."""
    opened = []
    try:
        with users:
            folder = None
            for part in name.split("/"):
                opened.append(os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder))
                folder = opened[-1]
        seen = os.fstat(opened[-1])
        left = seen.st_size
        if not stat.S_ISREG(seen.st_mode) or os.fstat(target).st_size + SIZE.size + left > most:
            raise FileNotFoundError(name)
        os.write(target, SIZE.pack(left))
        while left:
            left -= os.sendfile(target, opened[-1], None, left)
    except OSError:
        os.write(target, SIZE.pack(STOP))
    finally:
        for file in opened:
            os.close(file)
