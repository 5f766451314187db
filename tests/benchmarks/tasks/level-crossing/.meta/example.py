class LevelCrossing:
    def __init__(self):
        self._trains = set()
        self._state = "open"
        self._left = 0

    def state(self):
        return self._state

    def approach(self, track):
        if track in self._trains:
            raise ValueError(f"track {track} is taken")
        self._trains.add(track)
        if self._state == "open":
            self._state, self._left = "warning", 6
        elif self._state == "raising":
            self._state, self._left = "lowering", 8 - self._left
            self._go_on()

    def leave(self, track):
        if track not in self._trains:
            raise ValueError(f"track {track} is free")
        self._trains.remove(track)
        self._go_on()

    def tick(self, seconds):
        if seconds < 0:
            raise ValueError("time does not run backwards")
        while self._state not in ("open", "closed") and seconds:
            passed = min(seconds, self._left)
            seconds -= passed
            self._left -= passed
            self._go_on()

    def barriers(self):
        if self._state == "lowering":
            return 100 * (8 - self._left) // 8
        if self._state == "raising":
            return 100 * self._left // 8
        return 100 if self._state == "closed" else 0

    def _go_on(self):
        if self._state == "warning" and not self._left:
            self._state, self._left = "lowering", 8
        elif self._state == "lowering" and not self._left:
            self._state = "closed"
        elif self._state == "raising" and not self._left:
            self._state = "open"
        if self._state == "closed" and not self._trains:
            self._state, self._left = "raising", 8
