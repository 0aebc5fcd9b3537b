# Tries: types commands into the terminal from which codegym was started
# Must: there is no terminal
# Status: ok
# Stdout: contained
import fcntl, os, termios
for number in range(3):
    for request, argument in ((termios.TIOCSTI, b"x"), (termios.TIOCSCTTY, 1), (termios.TIOCGWINSZ, b"\0" * 8)):
        try:
            fcntl.ioctl(number, request, argument)
            print("reached: a terminal")
        except OSError:
            pass
print("contained")
