import decimal
import threading
print(decimal.getcontext())
decimal.getcontext().prec = 50
print(decimal.Decimal(1) / 7)
threading.Thread(target=lambda: print(decimal.Decimal(1) / 7)).start()
with decimal.localcontext() as context:
    context.traps[decimal.Inexact] = True
    decimal.Decimal(1) / 3
