import os
print(sorted(os.listdir(".")))
os.makedirs(".hidden/deep/er")
open("main.txt", "w").write("left behind")
os.symlink("/", "root")
os.mkfifo("pipe")
os.chmod(".hidden", 0o500)
os.chdir(".hidden/deep")
print(os.path.basename(os.getcwd()), os.path.exists("../../main.txt"))
