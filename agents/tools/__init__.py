"""What the agents work with: Git, test runs in a sandbox, edits by syntax tree, the repo map."""
