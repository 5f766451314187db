"""The three memory tiers. The only package that imports pymongo, sqlite3 and lancedb."""
