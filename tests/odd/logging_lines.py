import logging
import sys
logging.warning("before any configuration")
logging.basicConfig(level=logging.DEBUG, stream=sys.stdout, force=True, format="%(levelname)s %(module)s:%(lineno)d %(process)s %(message)s"[:45])
logging.getLogger("x").info("on stdout")
try:
    1 // 0
except ZeroDivisionError:
    logging.exception("with a traceback")
