# Tries: very many small constants, so that the runner grows and later programs start with less memory of their own
# Must: the next program is charged no more than usual
# Status: ok|compile_error|memory_limit_exceeded
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
         lambda: (100, "a100b", 100.5)
         lambda: (101, "a101b", 101.5)
         lambda: (102, "a102b", 102.5)
         lambda: (103, "a103b", 103.5)
         lambda: (104, "a104b", 104.5)
         lambda: (105, "a105b", 105.5)
         lambda: (106, "a106b", 106.5)
         lambda: (107, "a107b", 107.5)
         lambda: (108, "a108b", 108.5)
         lambda: (109, "a109b", 109.5)
         lambda: (110, "a110b", 110.5)
         lambda: (111, "a111b", 111.5)
         lambda: (112, "a112b", 112.5)
         lambda: (113, "a113b", 113.5)
         lambda: (114, "a114b", 114.5)
         lambda: (115, "a115b", 115.5)
         lambda: (116, "a116b", 116.5)
         lambda: (117, "a117b", 117.5)
         lambda: (118, "a118b", 118.5)
         lambda: (119, "a119b", 119.5)
         lambda: (120, "a120b", 120.5)
         lambda: (121, "a121b", 121.5)
         lambda: (122, "a122b", 122.5)
         lambda: (123, "a123b", 123.5)
         lambda: (124, "a124b", 124.5)
         lambda: (125, "a125b", 125.5)
         lambda: (126, "a126b", 126.5)
         lambda: (127, "a127b", 127.5)
         lambda: (128, "a128b", 128.5)
         lambda: (129, "a129b", 129.5)
         lambda: (130, "a130b", 130.5)
         lambda: (131, "a131b", 131.5)
         lambda: (132, "a132b", 132.5)
         lambda: (133, "a133b", 133.5)
         lambda: (134, "a134b", 134.5)
         lambda: (135, "a135b", 135.5)
         lambda: (136, "a136b", 136.5)
         lambda: (137, "a137b", 137.5)
         lambda: (138, "a138b", 138.5)
         lambda: (139, "a139b", 139.5)
         lambda: (140, "a140b", 140.5)
         lambda: (141, "a141b", 141.5)
         lambda: (142, "a142b", 142.5)
         lambda: (143, "a143b", 143.5)
         lambda: (144, "a144b", 144.5)
         lambda: (145, "a145b", 145.5)
         lambda: (146, "a146b", 146.5)
         lambda: (147, "a147b", 147.5)
         lambda: (148, "a148b", 148.5)
         lambda: (149, "a149b", 149.5)
         lambda: (150, "a150b", 150.5)
         lambda: (151, "a151b", 151.5)
         lambda: (152, "a152b", 152.5)
         lambda: (153, "a153b", 153.5)
         lambda: (154, "a154b", 154.5)
         lambda: (155, "a155b", 155.5)
         lambda: (156, "a156b", 156.5)
         lambda: (157, "a157b", 157.5)
         lambda: (158, "a158b", 158.5)
         lambda: (159, "a159b", 159.5)
