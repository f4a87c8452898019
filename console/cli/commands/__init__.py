"""One module a command: its flags, its help, its work. Each offers `add(commands)`."""
