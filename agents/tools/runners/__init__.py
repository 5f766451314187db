"""Test runners of other people, one adapter each."""
