import glob
import os
import shutil
os.makedirs("a/b")
with open("a/b/text", "w") as file:
    file.write("é\n")
os.symlink("a/b/text", "link")
os.rename("a", "c")
print(sorted(glob.glob("**", recursive=True)), os.path.exists("link"), os.path.getsize("c/b/text"))
shutil.rmtree("c")
print(oct(os.umask(0)), oct(os.stat(".").st_mode)[-3:] >= "700", open("c"))
