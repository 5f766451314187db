class Kitchen:
    def __init__(self):
        self._left = {}

    def start(self, name, minutes):
        if name in self._left:
            raise ValueError("the timer is running already")
        if minutes <= 0:
            raise ValueError("a timer needs minutes")
        self._left[name] = minutes

    def pass_time(self, minutes):
        ringing = [name for name in self.running() if self._left[name] <= minutes]
        self._left = {n: left - minutes for n, left in self._left.items() if n not in ringing}
        return ringing

    def left(self, name):
        return self._left[name]

    def add(self, name, minutes):
        self._left[name] += minutes

    def running(self):
        return sorted(self._left, key=lambda name: self._left[name])
