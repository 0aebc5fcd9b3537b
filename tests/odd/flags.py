import sys
for name in ("debug", "inspect", "interactive", "optimize", "dont_write_bytecode", "ignore_environment", "verbose",
             "bytes_warning", "quiet", "hash_randomization", "isolated", "dev_mode", "utf8_mode", "no_user_site",
             "warn_default_encoding", "safe_path", "int_max_str_digits"):
    print(name, getattr(sys.flags, name, None))
print(__debug__, sys.warnoptions, sys._xoptions, sys.dont_write_bytecode, sys.get_int_max_str_digits())
