class Kitchen:
    def __init__(self):
        pass

    def start(self, name, minutes):
        pass

    def pass_time(self, minutes):
        pass

    def left(self, name):
        pass

    def add(self, name, minutes):
        pass

    def running(self):
        pass
