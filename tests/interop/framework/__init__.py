"""Peers, measurements and the server under test, for cases that look at holdfast from outside. Standard library only."""
