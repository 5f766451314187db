class LevelCrossing:
    def __init__(self):
        pass

    def state(self):
        pass

    def approach(self, track):
        pass

    def leave(self, track):
        pass

    def tick(self, seconds):
        pass

    def barriers(self):
        pass
