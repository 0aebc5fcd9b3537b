error = ValueError("with\nlines")
error.add_note("a note\nof two lines")
raise error
