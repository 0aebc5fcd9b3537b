import datetime
import os
import time
print(time.tzname, time.timezone, time.daylight, datetime.datetime.fromtimestamp(0), time.strftime("%Z %z"))
print(datetime.datetime(2024, 7, 1).astimezone().isoformat(), time.mktime((2024, 1, 1, 0, 0, 0, 0, 0, -1)))
os.environ["TZ"] = "EST+5EDT,M3.2.0,M11.1.0"
time.tzset()
print(time.tzname, time.localtime(1_720_000_000)[:6])
