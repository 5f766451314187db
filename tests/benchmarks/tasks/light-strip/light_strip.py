def run(program, lamps):
    pass
