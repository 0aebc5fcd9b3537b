import shelve
import sqlite3
with sqlite3.connect("data.db") as connection:
    connection.execute("create table t (n)")
    connection.executemany("insert into t values (?)", [(n,) for n in range(10)])
    print(connection.execute("select sum(n) from t").fetchall())
with shelve.open("shelf") as shelf:
    shelf["key"] = [1, 2]
    print(dict(shelf))
