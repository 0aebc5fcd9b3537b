# vim: set fileencoding=latin-1 :
raise ValueError("é")
