import locale
import sys
print(locale.getpreferredencoding(), locale.getlocale(), locale.setlocale(locale.LC_ALL, ""), locale.getencoding())
print(sys.getdefaultencoding(), sys.getfilesystemencoding(), sys.getfilesystemencodeerrors(), sys.flags.utf8_mode)
print(locale.localeconv()["decimal_point"], f"{1234567.891:n}", open("main.py").encoding)
print(locale.setlocale(locale.LC_CTYPE), locale.setlocale(locale.LC_NUMERIC))
