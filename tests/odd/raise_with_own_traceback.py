try:
    1 // 0
except ZeroDivisionError as error:
    kept = error
def again():
    raise kept.with_traceback(None)
again()
