"""Medium-term memory: repositories of records over a document store."""
