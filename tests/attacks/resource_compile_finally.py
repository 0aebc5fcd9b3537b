# Tries: nested finally blocks, each of which the compiler copies: megabytes of byte code from a few lines
# Must: only the process that compiles suffers, and the program's own run
# Status: compile_error|ok|memory_limit_exceeded|runtime_error
try:
 pass
finally:
 try:
  pass
 finally:
  try:
   pass
  finally:
   try:
    pass
   finally:
    try:
     pass
    finally:
     try:
      pass
     finally:
      try:
       pass
      finally:
       try:
        pass
       finally:
        try:
         pass
        finally:
         try:
          pass
         finally:
          try:
           pass
          finally:
           try:
            pass
           finally:
            try:
             pass
            finally:
             try:
              pass
             finally:
              a = 1
