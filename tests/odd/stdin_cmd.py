import cmd
class Shell(cmd.Cmd):
    prompt = "> "
    def do_add(self, text):
        print(sum(map(int, text.split())))
    def do_EOF(self, text):
        return True
Shell().cmdloop("welcome")
